/** Thrown when shapes, ranks or axes do not fit an operation. The message names the operation and the shapes. */
export class ShapeError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'ShapeError';
}

/** Thrown when dtypes do not fit an operation, or a value does not fit a dtype. */
export class DTypeError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'DTypeError';
}

/** Thrown when an index lies outside a tensor. */
export class IndexError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'IndexError';
}

/** Thrown when an option or hyper-parameter is out of its range. */
export class ArgumentError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'ArgumentError';
}

/** Thrown when a derivative cannot be had: a freed graph, a non-scalar root, a changed value, a missing rule. */
export class GradientError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'GradientError';
}

/** Thrown while anomalies are looked for, by the first NaN or infinity. See `detectAnomaly`. */
export class AnomalyError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'AnomalyError';
}

/** Thrown when a matrix is not what an operation needs: singular, or not positive definite. PyTorch: `torch.linalg.LinAlgError`. */
export class LinAlgError extends Error {
  /** The class's name, for messages. */
  override readonly name = 'LinAlgError';
}
