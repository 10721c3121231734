"""What is measured on Keras models: sweeps, signals, dead units, curvature, descents."""
