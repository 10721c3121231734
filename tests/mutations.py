"""The mutants of a file, by cosmic-ray: a comparison turned round, an "and" for an "or"."""
import ast
import difflib
import hashlib

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

# One operator for each kind of mistake: all eleven that put something else for a "+" say no more
OPERATORS = [
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div", "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_Pow_Mul", "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd", "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_LtE_Gt", "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt", "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is", "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_Invert", "AddNot",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer",
    "RemoveDecorator", "ZeroIterationForLoop",
]


def places_of(path, code, functions=None):
    """[(operator, occurrence)] of all mutants of a file, in an order that a digest decides.

    functions: the names of those whose lines are mutated, by default all lines.
    """
    tree, lines, found = get_ast(code), _lines_of(code, functions), []
    for name in OPERATORS:
        operator = cosmic_ray.plugins.get_operator("core/" + name)()
        starts = [start for node in ast_nodes(tree)
                  for start, _ in operator.mutation_positions(node)]
        found += [(name, occurrence) for occurrence, (line, _) in enumerate(starts)
                  if line in lines]
    return sorted(found, key=lambda place: hashlib.sha256(
        f"{path} {place}".encode("utf-8")).digest())


def mutants_of(code, places, most):
    """{change: mutated code} of the first so many places.

    A change is the lines that it replaces and those that it puts there.
    """
    found = {}
    for name, occurrence in places:
        operator = cosmic_ray.plugins.get_operator("core/" + name)()
        try:
            mutated = mutate_code(code, operator, occurrence)
        except AttributeError:      # cosmic-ray 8.7 trips over an "except" of several
            continue
        if mutated and _differs(code, mutated):
            found.setdefault(_change(code, mutated), mutated)
        if len(found) == most:
            break
    return found


def _lines_of(code, functions):
    if functions is None:
        return range(1, code.count("\n") + 2)
    return {line for node in ast.parse(code).body
            if isinstance(node, ast.FunctionDef) and node.name in functions
            for line in range(node.lineno, node.end_lineno + 1)}


def _differs(code, mutated):
    try:
        return ast.dump(ast.parse(code)) != ast.dump(ast.parse(mutated))
    except SyntaxError:
        return False


def _change(code, mutated):
    changed = [line for line in difflib.ndiff(code.splitlines(), mutated.splitlines())
               if line[:2] in ("- ", "+ ")]
    was, becomes = (" ".join(line[2:].strip() for line in changed if line[0] == sign)
                    for sign in "-+")
    return f"{was}  →  {becomes or 'nothing'}"
