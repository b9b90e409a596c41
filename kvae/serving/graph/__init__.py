"""What runs inside an exported graph: TensorFlow alone, without Keras or kvae."""
