export * from './activation.ts';
export * from './dropout.ts';
export * from './image.ts';
export * from './linear.ts';
export * from './loss.ts';
