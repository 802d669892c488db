export { affine as linear } from '@tensortape/autograd';
