"""Each claim is trained once a session, with the seed that its record has."""
import pytest

from lib.catalogue import find_claims

SEED = 0


@pytest.fixture(scope="session")
def claims():
    """{stem: Claim}."""
    return {claim.stem: claim for claim in find_claims()}


@pytest.fixture(scope="session")
def histories_of(claims):
    """A function from a claim's stem to its histories, trained when first asked for."""
    trained = {}

    def histories(stem):
        if stem not in trained:
            trained[stem] = claims[stem].run(SEED, claims[stem].epochs)
        return trained[stem]

    return histories


@pytest.fixture
def outcome(request, claims, histories_of):
    """The outcome that the test is named after, of the claim that its file is named after."""
    stem = request.path.stem[len("test_"):]
    name = request.node.originalname[len("test_"):]
    return claims[stem].module.judge(histories_of(stem))[name]
