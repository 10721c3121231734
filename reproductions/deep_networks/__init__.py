"""Source 3: why deep networks are hard to train, what helps, and a program that does."""
from lib.claims import Source

SOURCE = Source(
    title="DNN training: problems and methods",
    url="https://www.heiqu.com/wppjwj.html",
    published="a Chinese blog's notes of a university course, after chapter 11 of A. Géron, "
              "\"Hands-On Machine Learning with Scikit-Learn and TensorFlow\", 1st edition, 2017",
    licence="all rights reserved",
)
