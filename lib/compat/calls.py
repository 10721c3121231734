"""What runs inside Keras: kernels, such as "Tanh", what calls them, such as "layers.Dense", and
"compiled.XLA" where XLA compiles them into one.

TensorFlow 2 tells a callback of every operation, whether it runs at once or becomes a part of a
graph; the callback looks at who is calling. Nothing is changed or replaced by it.
"""
import contextlib
import importlib
import re
import sys

from lib.compat.loading import engine, tensorflow_release

# Keras' own modules, whichever package has them
_OF_KERAS = re.compile(r"(keras|tf_keras)\.(\w+\.)*(layers|optimizers|losses|initializers|"
                       r"activations|metrics|ops)(\.|$)")
# Where TensorFlow traces a tf.function, the latter before 2.11
_OF_FUNCTIONS = ("polymorphic_function", "def_function")
# Operations that move numbers and compute none
_PLUMBING = re.compile(r"(Placeholder|Const|Identity|IdentityN|NoOp|\w*VariableOp|VarHandleOp|"
                       r"\w*Reshape|Pack|Unpack|\w*Slice|Fill|\w*Iterator\w*|Optional\w+|"
                       r"\w*Dataset\w*|BroadcastTo|ExpandDims|Squeeze|Tile|Cast|__\w+|\w*If|"
                       r"\w*While|\w*PartitionedCall)")


@contextlib.contextmanager
def calls_noted():
    """Within it, note what runs: yields a set of names that fills.

    It stays empty where there is no such callback: on TensorFlow 1, 2.0 and 2.1, JAX and torch.
    """
    names = set()
    if engine() != "tensorflow" or tensorflow_release() < (2, 2):
        yield names
        return
    callbacks = importlib.import_module("tensorflow.python.framework.op_callbacks")

    def note(op_type, inputs, attrs, outputs, op_name=None, graph=None):
        op_type = _text(op_type)
        if _PLUMBING.fullmatch(op_type) or not any(_is_float(one) for one in outputs):
            return
        names.add(op_type)
        frame = sys._getframe(1)
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            keras_module = _OF_KERAS.match(module)
            if keras_module:
                names.add(f"{keras_module.group(3)}.{_name_of(frame)}")
            elif module.endswith(_OF_FUNCTIONS) and getattr(
                    frame.f_locals.get("self"), "_jit_compile", None) is True:
                names.add("compiled.XLA")   # while a tf.function of that kind is traced
            frame = frame.f_back

    callbacks.add_op_callback(note)
    try:
        yield names
    finally:
        callbacks.remove_op_callback(note)


def _text(name):
    return name.decode("ascii") if isinstance(name, bytes) else name


def _is_float(tensor):
    return getattr(getattr(tensor, "dtype", None), "is_floating", False)


def _name_of(frame):
    """The class of a method's object, or the name of a function."""
    owner = frame.f_locals.get("self")
    return type(owner).__name__ if owner is not None else frame.f_code.co_name
