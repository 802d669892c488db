/**
 * Operations in the manner of PyTorch's `torch.autograd`, for code that comes from there.
 *
 * @module
 */
export {
  type ArgumentsOf,
  type FunctionClass,
  FunctionContext,
  TapeFunction as Function,
} from './tape/function.ts';
