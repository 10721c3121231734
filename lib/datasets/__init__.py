"""Real data: MNIST and the diabetes table, each checked before anything is trained on it."""
