import { describe, expect, test } from '@jest/globals';
import { ones, Tensor, zeros } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import fc from 'fast-check';
import { cases } from './parity/cases/index.ts';
import { moduleOf } from './parity/program.ts';
import { type Case, Source } from './parity/source.ts';

const int = (...shape: number[]) => zeros(shape, { dtype: 'int32' });
const pair = (): [Tensor, Tensor] => [ones([2, 3]), ones([3])];

/** How to make what is refused, and what the message says. */
type Refusal = readonly [make: () => unknown, message: RegExp | string];

/** A call inside a net, whose path the message must name. */
function inNet(make: () => nn.Module, ...inputs: readonly unknown[]): () => unknown {
  return () => {
    class Net extends nn.Module {
      layer = make();
      forward(): unknown {
        return Reflect.apply(this.layer.forward, this.layer, inputs);
      }
    }
    return new Net().forward();
  };
}

const lossPair = (make: () => nn.Module): Refusal => [
  inNet(make, ...pair()),
  /^net\.layer: \w+: .*shape \(2, 3\)/,
];

const perRank = (
  name: string,
  refusals: (axes: number, Layer: new (...args: unknown[]) => nn.Module) => Refusal[],
) =>
  Object.fromEntries(
    [1, 2, 3].map((axes) => [`${name}${axes}d`, refusals(axes, Reflect.get(nn, `${name}${axes}d`))]),
  );

const image = (axes: number, channels = 3, length = 4) =>
  ones([2, channels, ...Array<number>(axes).fill(length)]);

const conv = (axes: number, Layer: new (...args: unknown[]) => nn.Module): Refusal[] => [
  [() => new Layer(0, 4, 3), `${Layer.name}: inChannels must be a whole number >= 1, got 0`],
  [() => new Layer(3, 4, 3, { groups: 2 }), `${Layer.name}: inChannels 3 is not divisible by groups 2`],
  [() => new Layer(3, 4, 0), `${Layer.name}: kernelSize is 0, expected a whole number`],
  [() => new Layer(3, 4, [3, 3, 3, 3]), `${Layer.name}: kernelSize is [3, 3, 3, 3], expected a whole number`],
  [() => new Layer(3, 4, 3, { stride: 0 }), `${Layer.name}: stride is 0, expected a whole number`],
  [() => new Layer(3, 4, 3, { paddding: 1 }), `${Layer.name}: unknown option 'paddding'`],
  [
    inNet(() => new Layer(5, 4, 3), image(axes)),
    `net.layer: expected 5 channels, got 3 in shape ${`(2, 3${', 4'.repeat(axes)})`}: try new nn.${Layer.name}(3, 4, …)`,
  ],
  [inNet(() => new Layer(3, 4, 3), ones([3])), 'net.layer: expected an input (n, channels, '],
];

const pool = (axes: number, Layer: new (...args: unknown[]) => nn.Module): Refusal[] => [
  [inNet(() => new Layer(9), image(axes)), /^net\.layer: \w+: .*kernel/],
  [inNet(() => new Layer(0), image(axes)), /^net\.layer: \w+: kernelSize is 0/],
  [inNet(() => new Layer(2), ones([3])), /^net\.layer: \w+: x has shape \(3,\), expected \(n, channels/],
  [inNet(() => new Layer(2, { strid: 1 }), image(axes)), /unknown option 'strid'/],
];

const adaptive = (axes: number, Layer: new (...args: unknown[]) => nn.Module): Refusal[] => [
  [inNet(() => new Layer(-1), image(axes)), /^net\.layer: \w+: outputSize is \[-1/],
  [inNet(() => new Layer(2), ones([3])), /^net\.layer: \w+: x has shape \(3,\)/],
];

const channelNorm = (axes: number, Layer: new (...args: unknown[]) => nn.Module): Refusal[] => [
  [() => new Layer(0), `${Layer.name}: numFeatures must be a whole number >= 1, got 0`],
  [() => new Layer(3, { epsilon: 1 }), `${Layer.name}: unknown option 'epsilon'`],
  [inNet(() => new Layer(4), image(axes)), `net.layer: expected 4 channels, got 3`],
  [inNet(() => new Layer(3), ones([3])), 'net.layer: expected an input (n, channels'],
];

const padding = (axes: number, Layer: new (...args: unknown[]) => nn.Module): Refusal[] => [
  [
    () => new Layer([1]),
    `${Layer.name}: padding is [1], expected a whole number, or ${2 * axes}: two for each axis`,
  ],
  [() => new Layer(0.5), `${Layer.name}: padding is 0.5, expected a whole number`],
];

const dropout = (name: string): Refusal[] => [
  [() => Reflect.construct(Reflect.get(nn, name), [1.5]), `${name}: p must be from 0 to 1, got 1.5`],
  [() => Reflect.construct(Reflect.get(nn, name), [0.5, { seed: 1 }]), `${name}: unknown option 'seed'`],
];

const recurrent = (Layer: typeof nn.RNN | typeof nn.LSTM | typeof nn.GRU): Refusal[] => [
  [() => new Layer(0, 3), `${Layer.name}: inputSize must be a whole number >= 1, got 0`],
  [() => new Layer(2, 3, { numLayers: 0 }), `${Layer.name}: numLayers must be a whole number >= 1, got 0`],
  [() => new Layer(2, 3, { dropout: 2 }), `${Layer.name}: dropout must be from 0 to 1, got 2`],
  [() => Reflect.construct(Layer, [2, 3, { layers: 2 }]), `${Layer.name}: unknown option 'layers'`],
  [
    inNet(() => new Layer(2, 3), ones([5, 1, 4])),
    'net.layer: expected an input (time, batch, 2), or without batch, got shape (5, 1, 4)',
  ],
  [
    inNet(() => new Layer(2, 3, { batchFirst: true }), ones([1, 0, 2])),
    'of at least one time, got shape (1, 0, 2)',
  ],
  [
    inNet(() => new Layer(2, 3), ones([5, 1, 2], { dtype: 'float64' })),
    "net.layer: the input is float64, the weights float32; convert the input, x.to('float32')",
  ],
];

const cell = (Layer: typeof nn.RNNCell | typeof nn.LSTMCell | typeof nn.GRUCell): Refusal[] => [
  [() => new Layer(2, -1), `${Layer.name}: hiddenSize must be a whole number >= 1, got -1`],
  [
    inNet(() => new Layer(2, 3), ones([1, 4])),
    'net.layer: expected an input (n, 2), or without n, got shape (1, 4)',
  ],
  [inNet(() => new Layer(2, 3), ones([1, 2], { dtype: 'float64' })), 'net.layer: the input is float64'],
];

const state: Refusal[] = [
  [
    inNet(() => new nn.GRU(2, 3, { numLayers: 2 }), ones([5, 1, 2]), ones([1, 1, 3])),
    'expected a state (2, 1, 3) (layers * directions, batch, features) for an input of shape (5, 1, 2), got (1, 1, 3)',
  ],
];

const x = ones([2, 3]);
const layerSizes = { dimFeedforward: 4 };

const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  ...perRank('AdaptiveAvgPool', adaptive),
  ...perRank('AdaptiveMaxPool', adaptive),
  ...perRank('AvgPool', pool),
  ...perRank('BatchNorm', channelNorm),
  ...perRank('CircularPad', padding),
  ...perRank('ConstantPad', padding),
  ...perRank('Conv', (axes, Layer) => [
    ...conv(axes, Layer),
    [
      () => new Layer(3, 4, 3, { paddingMode: 'mirror' }),
      "unknown paddingMode 'mirror'; known are zeros, reflect",
    ],
    [() => new Layer(3, 4, 3, { padding: 'full' }), "unknown padding 'full'; known are same, valid"],
    [() => new Layer(3, 4, 3, { padding: 'same', stride: 2 }), "padding 'same' is there for stride 1 only"],
  ]),
  ...perRank('ConvTranspose', (axes, Layer) => [
    ...conv(axes, Layer),
    [inNet(() => new Layer(3, 4, 3, { outputPadding: 2 }), image(axes)), /^net\.layer: \w+: outputPadding/],
  ]),
  ...perRank('Dropout', (_, Layer) => [
    ...dropout(Layer.name),
    [inNet(() => new Layer(), ones([3])), /^net\.layer: dropout\dd: x has shape \(3,\)/],
  ]),
  ...perRank('InstanceNorm', channelNorm),
  ...perRank('LPPool', (axes, Layer) => [
    [inNet(() => new Layer(2, 0), image(axes)), /^net\.layer: \w+: kernelSize is 0/],
    [() => new Layer(2, 2, { padding: 1 }), `${Layer.name}: unknown option 'padding'`],
  ]),
  ...perRank('MaxPool', pool),
  ...perRank('MaxUnpool', (axes, Layer) => [
    [() => new Layer(0), `${Layer.name}: kernelSize is 0`],
    [inNet(() => new Layer(2), image(axes), int(1)), /^net\.layer: \w+: .*indices/],
  ]),
  ...perRank('ReflectionPad', (axes, Layer) => [
    ...padding(axes, Layer),
    [inNet(() => new Layer(4), image(axes)), /^net\.layer: pad: /],
  ]),
  ...perRank('ReplicationPad', padding),
  ...perRank('ZeroPad', padding),
  ...Object.fromEntries(
    ([2, 3] as const).map((axes) => {
      const Layer = axes === 2 ? nn.FractionalMaxPool2d : nn.FractionalMaxPool3d;
      const name = `FractionalMaxPool${axes}d`;
      const make = (...args: unknown[]) => Reflect.construct(Layer, args);
      return [
        name,
        [
          [() => make(2, {}), `${name}: expected either outputSize or outputRatio, got none`],
          [() => make(2, { outputSize: 2, outputRatio: 0.5 }), `${name}: expected either outputSize or`],
          [() => make(2, { outputRatio: 1 }), `${name}: outputRatio is [1, 1`],
          [() => make(0, { outputSize: 2 }), `${name}: kernelSize is 0, expected`],
          [() => make(2, { outputSize: 2, strid: 1 }), `${name}: unknown option 'strid'`],
          [
            inNet(() => make(2, { outputSize: 4 }), image(axes)),
            /^net\.layer: fractional.*do not fit x of shape/,
          ],
          [
            inNet(() => make(2, { outputSize: 2 }), ones([3])),
            /^net\.layer: fractional.* x has shape \(3,\)/,
          ],
          [inNet(() => make(2, { outputSize: 2 }), image(axes).to('int32')), /^net\.layer: .* got int32/],
          [
            inNet(() => make(2, { outputSize: 2, randomSamples: ones([1, 3, axes]) }), image(axes)),
            /^net\.layer: fractional.* randomSamples are float32 of shape \(1, 3, \d\), expected float32 of shape \(2, 3, \d\)/,
          ],
        ],
      ];
    }),
  ),
  AdaptiveLogSoftmaxWithLoss: [
    [
      () => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [3, 2]),
      'AdaptiveLogSoftmaxWithLoss: cutoffs are [3, 2], expected whole numbers that rise from 1 to at most 4',
    ],
    [() => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [5]), 'cutoffs are [5]'],
    [() => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2], { divValue: 0 }), 'divValue must be > 0, got 0'],
    [() => Reflect.construct(nn.AdaptiveLogSoftmaxWithLoss, [4, 5, [2], { div: 2 }]), "unknown option 'div'"],
    [
      inNet(() => new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2]), x, int(2)),
      'net.layer: expected an input (n, 4), or (4,), got shape (2, 3)',
    ],
    [
      inNet(() => new nn.AdaptiveLogSoftmaxWithLoss(3, 5, [2]), x, int(3)),
      'net.layer: the target has shape (3,), expected (2,) for an input of shape (2, 3)',
    ],
    [
      inNet(() => new nn.AdaptiveLogSoftmaxWithLoss(3, 5, [2]), x, ones([2])),
      'the target is float32, expected int32',
    ],
    [
      inNet(() => new nn.AdaptiveLogSoftmaxWithLoss(3, 5, [2]), x, int(2).add(5)),
      'net.layer: target 5 (element 0) is not one of the 5 classes 0 … 4',
    ],
  ],
  AlphaDropout: dropout('AlphaDropout'),
  BCELoss: [
    lossPair(() => new nn.BCELoss()),
    [inNet(() => new nn.BCELoss(), ones([1]).mul(2), ones([1])), /binaryCrossEntropy/],
  ],
  BCEWithLogitsLoss: [lossPair(() => new nn.BCEWithLogitsLoss())],
  Bilinear: [
    [() => new nn.Bilinear(0, 1, 1), 'Bilinear: in1Features must be a whole number >= 1, got 0'],
    [
      inNet(() => new nn.Bilinear(3, 4, 5), x, x),
      'net.layer: bilinear: the inputs have shapes (2, 3) and (2, 3), the weight (5, 3, 4)',
    ],
  ],
  CTCLoss: [[inNet(() => new nn.CTCLoss(), x, int(2), [1], [1]), /^net\.layer: ctcLoss/]],
  ChannelShuffle: [
    [() => new nn.ChannelShuffle(0), 'ChannelShuffle: groups must be a whole number >= 1, got 0'],
    [inNet(() => new nn.ChannelShuffle(2), image(2)), /^net\.layer: channelShuffle/],
  ],
  CosineEmbeddingLoss: [
    [
      inNet(() => new nn.CosineEmbeddingLoss(), x, ones([2, 4]), ones([2])),
      /^net\.layer: cosineEmbeddingLoss/,
    ],
  ],
  CosineSimilarity: [
    [inNet(() => new nn.CosineSimilarity({ dim: 5 }), x, x), /^net\.layer: cosineSimilarity/],
  ],
  CrossEntropyLoss: [
    [inNet(() => new nn.CrossEntropyLoss(), x, int(3)), /^net\.layer: crossEntropy/],
    [
      () => Reflect.construct(nn.CrossEntropyLoss, [{ reduction: 'max' }]),
      "CrossEntropyLoss: unknown reduction 'max'; known are mean",
    ],
    [
      () => Reflect.construct(nn.CrossEntropyLoss, [{ smoothing: 1 }]),
      "CrossEntropyLoss: unknown option 'smoothing'",
    ],
  ],
  Dropout: dropout('Dropout'),
  Embedding: [
    [() => new nn.Embedding(4, 0), 'Embedding: embeddingDim must be a whole number >= 1, got 0'],
    [() => new nn.Embedding(4, 2, { paddingIdx: 4 }), 'Embedding: paddingIdx 4 is not one of the 4 rows'],
    [inNet(() => new nn.Embedding(4, 2), x), /^net\.layer: embedding: the index is float32, expected int32/],
    [inNet(() => new nn.Embedding(4, 2), int(2).add(4)), /^net\.layer: embedding: index 4 \(element 0\)/],
    [() => nn.Embedding.fromPretrained(ones([3])), /expected rows \(numEmbeddings, embeddingDim\)/],
    [
      () => new nn.Embedding(4, 2, { weight: ones([2, 4]) }),
      'Embedding: weight has shape (2, 4), expected (4, 2)',
    ],
  ],
  EmbeddingBag: [
    [
      () => Reflect.construct(nn.EmbeddingBag, [4, 2, { mode: 'min' }]),
      "EmbeddingBag: unknown mode 'min'; known are sum, mean, max",
    ],
    [
      () => nn.EmbeddingBag.fromPretrained(ones([3])),
      /^EmbeddingBag.fromPretrained: expected rows \(numEmbeddings/,
    ],
    [inNet(() => new nn.EmbeddingBag(4, 2), int(3)), /^net\.layer: embeddingBag: .*needs offsets/],
  ],
  FeatureAlphaDropout: dropout('FeatureAlphaDropout'),
  Flatten: [[inNet(() => new nn.Flatten(3), x), /^net\.layer: flatten/]],
  Fold: [[inNet(() => new nn.Fold(4, 2), ones([3, 5])), /^net\.layer: fold/]],
  GELU: [
    [
      () => Reflect.construct(nn.GELU, [{ approximate: 'erf' }]),
      "GELU: unknown approximate 'erf'; known are none, tanh",
    ],
  ],
  GLU: [[inNet(() => new nn.GLU(), x), /^net\.layer: glu/]],
  GRU: [...recurrent(nn.GRU), ...state],
  GRUCell: cell(nn.GRUCell),
  GaussianNLLLoss: [
    [inNet(() => new nn.GaussianNLLLoss(), x, x, ones([2, 3]).neg()), /^net\.layer: gaussianNllLoss/],
  ],
  GroupNorm: [
    [() => new nn.GroupNorm(2, 3), 'GroupNorm: numChannels 3 is not divisible by numGroups 2'],
    [
      inNet(() => new nn.GroupNorm(2, 4), image(2)),
      'net.layer: expected an input (n, 4, …), got shape (2, 3, 4, 4)',
    ],
  ],
  HingeEmbeddingLoss: [lossPair(() => new nn.HingeEmbeddingLoss())],
  HuberLoss: [lossPair(() => new nn.HuberLoss())],
  KLDivLoss: [
    [inNet(() => new nn.KLDivLoss(), ...pair()), /^net\.layer: klDiv/],
    [() => Reflect.construct(nn.KLDivLoss, [{ reduction: 'batch' }]), 'known are mean, sum, none, batchmean'],
  ],
  L1Loss: [lossPair(() => new nn.L1Loss())],
  LSTM: [
    ...recurrent(nn.LSTM),
    [() => new nn.LSTM(2, 3, { projSize: 3 }), 'LSTM: projSize 3 must be smaller than hiddenSize 3'],
  ],
  LSTMCell: cell(nn.LSTMCell),
  LayerNorm: [
    [() => new nn.LayerNorm([]), 'LayerNorm: normalizedShape is empty'],
    [
      inNet(() => new nn.LayerNorm(4), x),
      'net.layer: expected an input whose last axes are (4,), got shape (2, 3): try new nn.LayerNorm([3])',
    ],
  ],
  LearnedEncoding: [
    [
      inNet(() => new nn.LearnedEncoding(4, { maxLen: 2 }), ones([3, 4])),
      'has 3 positions, there are 2: make the module with { maxLen: 3 }',
    ],
    [
      inNet(() => new nn.LearnedEncoding(4), x),
      'net.layer: expected an input (length, batch, 4), or (length, 4), got shape (2, 3)',
    ],
  ],
  Linear: [
    [() => Reflect.construct(nn.Linear, [2, 3, { biass: false }]), "Linear: unknown option 'biass'"],
    [
      inNet(() => new nn.Linear(4, 2), x),
      'net.layer: expected 4 input features, got 3: try new nn.Linear(3, 2)',
    ],
  ],
  LocalResponseNorm: [[inNet(() => new nn.LocalResponseNorm(0), image(2)), /^net\.layer: localResponseNorm/]],
  LogSoftmax: [[inNet(() => new nn.LogSoftmax(2), x), /^net\.layer: logSoftmax/]],
  MSELoss: [
    lossPair(() => new nn.MSELoss()),
    [() => Reflect.construct(nn.MSELoss, [{ reduction: 'max' }]), "MSELoss: unknown reduction 'max'"],
  ],
  MarginRankingLoss: [
    [inNet(() => new nn.MarginRankingLoss(), x, ones([3]), x), /^net\.layer: marginRankingLoss/],
  ],
  MultiLabelMarginLoss: [
    [inNet(() => new nn.MultiLabelMarginLoss(), x, int(3)), /^net\.layer: multilabelMarginLoss/],
  ],
  MultiLabelSoftMarginLoss: [lossPair(() => new nn.MultiLabelSoftMarginLoss())],
  MultiMarginLoss: [[inNet(() => new nn.MultiMarginLoss(), x, int(3)), /^net\.layer: multiMarginLoss/]],
  MultiheadAttention: [
    [() => new nn.MultiheadAttention(6, 4), 'MultiheadAttention: embedDim 6 is not divisible by numHeads 4'],
    [
      inNet(() => new nn.MultiheadAttention(4, 2), x, x, x),
      'net.layer: expected a query (length, batch, 4), or (length, 4) for all three, got shape (2, 3)',
    ],
    [
      inNet(() => new nn.MultiheadAttention(3, 1), ones([2, 5, 3]), ones([2, 4, 3]), ones([2, 4, 3])),
      'if the batch comes first, make the module with { batchFirst: true }',
    ],
    [
      inNet(() => new nn.MultiheadAttention(3, 1), x, x, x, { attnMask: int(2, 2) }),
      'the attnMask is int32, expected bool',
    ],
    [
      inNet(() => new nn.MultiheadAttention(3, 1), x, x, x, { keyPaddingMask: ones([3]).ne(0) }),
      'the keyPaddingMask has shape (1, 3), expected (1, 2) for these inputs',
    ],
    [inNet(() => new nn.MultiheadAttention(3, 1), x, x, x, { mask: null }), "unknown option 'mask'"],
  ],
  NLLLoss: [[inNet(() => new nn.NLLLoss(), x, int(3)), /^net\.layer: nllLoss/]],
  PReLU: [
    [() => new nn.PReLU({ numParameters: 0 }), 'PReLU: numParameters must be a whole number >= 1, got 0'],
    [inNet(() => new nn.PReLU({ numParameters: 2 }), x), /^net\.layer: prelu/],
  ],
  PairwiseDistance: [[inNet(() => new nn.PairwiseDistance(), x, ones([4])), /^net\.layer: pairwiseDistance/]],
  PixelShuffle: [[inNet(() => new nn.PixelShuffle(2), image(2)), /^net\.layer: pixelShuffle/]],
  PixelUnshuffle: [[inNet(() => new nn.PixelUnshuffle(3), image(2)), /^net\.layer: pixelUnshuffle/]],
  PoissonNLLLoss: [lossPair(() => new nn.PoissonNLLLoss())],
  RMSNorm: [[inNet(() => new nn.RMSNorm(4), x), 'net.layer: expected an input whose last axes are (4,)']],
  RNN: [
    ...recurrent(nn.RNN),
    [
      () => Reflect.construct(nn.RNN, [2, 3, { nonlinearity: 'gelu' }]),
      "RNN: unknown nonlinearity 'gelu'; known are tanh, relu",
    ],
  ],
  RNNCell: [
    ...cell(nn.RNNCell),
    [
      inNet(() => new nn.RNNCell(3, 2), x, ones([1, 2])),
      'net.layer: expected a state (2, 2) for an input of shape (2, 3), got (1, 2)',
    ],
  ],
  RReLU: [[() => new nn.RReLU(1, 0), 'RReLU: lower is 1, upper 0; lower must not be above upper']],
  SinusoidalEncoding: [
    [() => new nn.SinusoidalEncoding(0), 'SinusoidalEncoding: dModel must be a whole number >= 1, got 0'],
  ],
  SmoothL1Loss: [lossPair(() => new nn.SmoothL1Loss())],
  SoftMarginLoss: [lossPair(() => new nn.SoftMarginLoss())],
  Softmax: [[inNet(() => new nn.Softmax(2), x), /^net\.layer: softmax/]],
  Softmax2d: [
    [
      inNet(() => new nn.Softmax2d(), x),
      'net.layer: expected an input (n, channels, height, width), or without n, got shape (2, 3)',
    ],
  ],
  Softmin: [[inNet(() => new nn.Softmin(2), x), /^net\.layer: soft/]],
  Softplus: [[() => Reflect.construct(nn.Softplus, [{ gamma: 1 }]), "Softplus: unknown option 'gamma'"]],
  Transformer: [
    [
      () => new nn.Transformer({ dModel: 6, nhead: 4 }),
      'MultiheadAttention: embedDim 6 is not divisible by numHeads 4',
    ],
    [() => Reflect.construct(nn.Transformer, [{ heads: 4 }]), "unknown option 'heads'"],
  ],
  TransformerDecoder: [
    [
      () => new nn.TransformerDecoder(new nn.TransformerDecoderLayer(2, 1, layerSizes), 0),
      'TransformerDecoder: numLayers must be a whole number >= 1, got 0',
    ],
  ],
  TransformerDecoderLayer: [
    [
      inNet(() => new nn.TransformerDecoderLayer(4, 2, layerSizes), x, x),
      'net.layer.selfAttn: expected a query (length, batch, 4)',
    ],
  ],
  TransformerEncoder: [
    [
      inNet(() => new nn.TransformerEncoder(new nn.TransformerEncoderLayer(4, 2, layerSizes), 1), x),
      'net.layer.layers.0.selfAttn: expected a query (length, batch, 4), or (length, 4) for all three, got shape (2, 3)',
    ],
  ],
  TransformerEncoderLayer: [
    [
      () => Reflect.construct(nn.TransformerEncoderLayer, [4, 2, { activation: 'tanh' }]),
      "TransformerEncoderLayer: unknown activation 'tanh'; known are relu and gelu, or give a function",
    ],
  ],
  TripletMarginLoss: [
    [inNet(() => new nn.TripletMarginLoss(), x, ones([4]), x), /^net\.layer: tripletMarginLoss/],
  ],
  TripletMarginWithDistanceLoss: [
    [
      inNet(() => new nn.TripletMarginWithDistanceLoss(), x, ones([4]), x),
      /^net\.layer: tripletMarginWithDistanceLoss/,
    ],
    [() => new nn.TripletMarginWithDistanceLoss(JSON.parse('{"p": 2}')), "unknown option 'p'"],
  ],
  Unflatten: [[inNet(() => new nn.Unflatten(1, [2, 2]), x), /^net\.layer: unflatten/]],
  Unfold: [[inNet(() => new nn.Unfold(5), image(2)), /^net\.layer: unfold/]],
  Upsample: [[inNet(() => new nn.Upsample({}), image(2)), /^net\.layer: interpolate/]],
  UpsamplingBilinear2d: [
    [() => Reflect.construct(nn.UpsamplingBilinear2d, [{ mode: 'area' }]), "unknown option 'mode'"],
  ],
  UpsamplingNearest2d: [
    [() => Reflect.construct(nn.UpsamplingNearest2d, [{ scale: 2 }]), "unknown option 'scale'"],
  ],
};

/** What takes any tensor, and has nothing to refuse. */
const anything = [
  'CELU',
  'ELU',
  'Hardshrink',
  'Hardsigmoid',
  'Hardswish',
  'Hardtanh',
  'Identity',
  'LeakyReLU',
  'LogSigmoid',
  'Mish',
  'ReLU',
  'ReLU6',
  'SELU',
  'SiLU',
  'Sigmoid',
  'Softshrink',
  'Softsign',
  'Tanh',
  'Tanhshrink',
  'Threshold',
];
const containers = ['ModuleDict', 'ModuleList', 'ParameterDict', 'ParameterList', 'Sequential'];

test('every module has its refusals', () => {
  const modules = Object.entries(nn).flatMap(([name, value]) =>
    typeof value === 'function' && value.prototype instanceof nn.Module ? [name] : [],
  );
  expect([...Object.keys(refusals), ...anything, ...containers].sort()).toEqual(modules.sort());
});

test.each(Object.entries(refusals))('%s', (_, all) => {
  for (const [make, message] of all) expect(make).toThrow(message);
});

/** A few cases of each module, those that are compared with PyTorch. */
const drawn = Object.entries(cases).map(([name, draw]): readonly [string, readonly Case[]] => [
  name,
  fc.sample(fc.gen(), { seed: 3, numRuns: 6 }).map((generator) => draw(new Source(generator))),
]);

describe('every module', () => {
  test.each(drawn)('%s refuses options that it does not have', (name, all) => {
    for (const one of all) {
      if (one.options === undefined) continue;
      expect(() => moduleOf(name, one, { notAnOption: 1 })).toThrow(/: unknown option 'notAnOption'/);
    }
  });

  test.each(drawn)('%s refuses a plain tensor in the place of a parameter or buffer', (name, all) => {
    for (const one of all) {
      const module = moduleOf(name, one);
      for (const [field, value] of Object.entries(module)) {
        if (!(value instanceof nn.Parameter || value instanceof nn.Buffer)) continue;
        Object.assign(module, { [field]: value.detach() });
        expect(() => module.parameters()).toThrow(new RegExp(`\\.${field} was a (Parameter|Buffer)`));
        Object.assign(module, { [field]: value });
      }
    }
  });

  /** Modules that promote, as PyTorch's do. */
  const promoting = ['RMSNorm', 'LearnedEncoding'];
  const strict = drawn.filter(([name]) => !promoting.includes(name));
  test.each(strict)('%s refuses inputs of another dtype than its parameters, under its path', (name, all) => {
    for (const one of all) {
      const layer = moduleOf(name, one).to('float32');
      const isFloat = (x: unknown): x is Tensor => x instanceof Tensor && x.requiresGrad;
      if (layer.parameters().length === 0 || !one.inputs.some(isFloat)) continue;
      const inputs = one.inputs.map((x) => (isFloat(x) ? x.detach().to('float64') : x));
      expect(inNet(() => layer, ...inputs)).toThrow(/^net\.layer/);
    }
  });
});
