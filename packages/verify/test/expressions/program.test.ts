import { describe, expect, test } from '@jest/globals';
import { func, grad, sameShape, type Tensor, tensor } from '@tensortape/autograd';
import { ExpressionError, expressionFunctions, type InputValues, parseProgram } from '@tensortape/verify';
import fc from 'fast-check';

const f64 = (data: number | number[] | number[][]) => tensor(data as number[], { dtype: 'float64' });

async function evaluate(source: string, values: InputValues): Promise<unknown> {
  const program = await parseProgram(source, { inputs: Object.keys(values) });
  return [...program.run(values).outputs.values()].map((y) => y.toArray());
}

/** What is said of an expression that cannot be used, and the text below the carets. */
async function refusal(source: string, values: InputValues = { x: 2, y: 3 }): Promise<[string, string]> {
  try {
    await evaluate(source, values);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const [, line, carets] = /\n {2}(.*)\n {2}( *\^+)$/.exec(error.message) ?? [];
    return [error.reason, line!.slice(carets!.indexOf('^'), carets!.length)];
  }
  throw new Error(`${source} was accepted`);
}

describe('values', () => {
  test.each<[string, InputValues, unknown]>([
    ['log(x1) + x1 * x2 - sin(x2)', { x1: 2, x2: 5 }, Math.log(2) + 10 - Math.sin(5)],
    ['ln(x) + log(x, 10) + log10(x)', { x: 100 }, Math.log(100) + 4],
    ['2x^2 - 3 sin(x)', { x: 2 }, 8 - 3 * Math.sin(2)],
    ['-x^2', { x: 3 }, -9],
    ['2^x^2', { x: 2 }, 16],
    ['x^-1', { x: 4 }, 0.25],
    ['1 / x + 6 / 3', { x: 4 }, 2.25],
    ['2 - x', { x: 3 }, -1],
    [
      "x' * A * x",
      {
        x: [1, 2],
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      27,
    ],
    [
      "A' * A",
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      [
        [10, 14],
        [14, 20],
      ],
    ],
    [
      'A * x',
      {
        x: [1, 2],
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      [5, 11],
    ],
    ['x .* y ./ 2', { x: [1, 2], y: [3, 4] }, [1.5, 4]],
    ['x .^ 2 + 1', { x: [1, 2] }, [2, 5]],
    [
      'A[1, 2]',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      2,
    ],
    [
      'A[:, 1]',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      [1, 3],
    ],
    [
      'A[2, 1:2]',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      [3, 4],
    ],
    ['x[2:end]', { x: [1, 2, 3] }, [2, 3]],
    [
      '[x, 2; 3, y]',
      { x: 1, y: 4 },
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'sum(A) + sum(A, 1)[2] + mean(A, 2)[1]',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      17.5,
    ],
    ['max(x) + min(x) + max(x[1], 7)', { x: [1, 5] }, 13],
    ['softmax(x)', { x: [0, 0] }, [0.5, 0.5]],
    ['logsumexp(x)', { x: [0, 0] }, Math.log(2)],
    ['sigmoid(x) + relu(x) + relu(-x)', { x: 0 }, 0.5],
    [
      'trace(A) + det(A) + inv(A)[1, 1] + norm(A[1, :])',
      {
        A: [
          [3, 4],
          [0, 1],
        ],
      },
      4 + 3 + 1 / 3 + 5,
    ],
    [
      'outer(x, y)',
      { x: [1, 2], y: [3, 4] },
      [
        [3, 4],
        [6, 8],
      ],
    ],
    ['dot(cross(x, y), z)', { x: [1, 0, 0], y: [0, 1, 0], z: [1, 2, 3] }, 3],
    ['cos(pi * x)', { x: 1 }, -1],
    ['e * i', { e: 2, i: 3 }, 6],
    ['in + 5 * m', { in: 1, m: 2 }, 11],
    ['a = x * 2; b = sin(a) # twice', { x: 1 }, Math.sin(2)],
    ['α_1 + 1', { α_1: 1 }, 2],
  ])('%s', async (source, values, expected) => {
    const [y] = (await evaluate(source, values)) as [unknown];
    const [got, wanted] = [y, expected].map((value) => f64(value as number[]));
    expect(got!.shape).toEqual(wanted!.shape);
    expect(got!.sub(wanted!).abs().sum().item()).toBeLessThan(1e-12);
  });

  test('several outputs and named steps', async () => {
    const program = await parseProgram('a = exp(w1)\ny = exp(a) + sin(a)\ny\nw1 * w2', {
      inputs: ['w1', 'w2'],
    });
    const { outputs, steps } = program.run({ w1: 1, w2: 2 });
    expect([...steps.keys()]).toEqual(['a', 'y']);
    expect([...outputs.keys()]).toEqual(['y1', 'y2']);
    expect(outputs.get('y2')!.item()).toBe(2);
  });

  test('the automatic differentiation exercise', async () => {
    const source = 'a = exp(w1) + exp(w2); f1 = exp(a) + sin(a); f2 = w1 * w2 + sigmoid(w1); [f1, f2]';
    const [[f1, f2]] = (await evaluate(source, { w1: 1, w2: 2 })) as [[number, number]];
    expect(f1).toBeCloseTo(24521.662861313, 8);
    expect(f2).toBeCloseTo(2.73105857863, 10);
  });

  test('runs on the tape: all derivatives follow', async () => {
    const program = await parseProgram("x' * A * x", { inputs: { x: [3], A: [3, 3] } });
    const A = f64([
      [1, 2, 0],
      [3, 4, 1],
      [0, 5, 2],
    ]);
    const f = (x: Tensor) => program.run({ x, A }).outputs.get('y')!;
    const x = f64([1, -1, 2]);
    expect(func.grad(f)(x).toArray()).toEqual(A.add(A.transpose(0, 1)).matmul(x).toArray());
    expect(func.hessian(f)(x).toArray()).toEqual(A.add(A.transpose(0, 1)).toArray());
    const leaf = tensor([1, 2, 3], { dtype: 'float64', requiresGrad: true });
    expect(grad(f(leaf), leaf).shape).toEqual([3]);
  });

  test('float32 becomes float64, and numbers stay off the tape', async () => {
    const program = await parseProgram('2x + 1', { inputs: ['x'] });
    const [y] = program.run({ x: tensor([1, 2]) }).outputs.values();
    expect(y!.dtype).toBe('float64');
  });

  test('every known function has its derivative at a harmless point', async () => {
    const special: Record<string, string> = {
      acosh: 'acosh(1 + x)',
      dot: 'dot([x, 1], [2, x])',
      outer: 'sum(outer([x, 1], [2, x]))',
      cross: 'sum(cross([x, 1, 2], [2, x, 1]))',
      trace: 'trace([x, 1; 2, x])',
      det: 'det([x, 1; 2, x])',
      inv: 'sum(inv([x, 1; 2, x]))',
      diag: 'sum(diag([x, 2]))',
      softmax: 'softmax([x, 1])[1]',
      logSoftmax: 'logSoftmax([x, 1])[1]',
      logsumexp: 'logsumexp([x, 1])',
    };
    const two = new Set([
      'add',
      'subtract',
      'multiply',
      'dotMultiply',
      'divide',
      'dotDivide',
      'pow',
      'dotPow',
    ]);
    for (const name of expressionFunctions) {
      const program = await parseProgram(special[name] ?? (two.has(name) ? `${name}(x, 2x)` : `${name}(x)`), {
        inputs: ['x'],
      });
      const f = (x: Tensor) => [...program.run({ x }).outputs.values()][0]!;
      const h = 1e-5;
      const numeric = (f(f64(0.6 + h)).item() - f(f64(0.6 - h)).item()) / (2 * h);
      expect([name, Math.abs(func.grad(f)(f64(0.6)).item() - numeric) < 1e-7]).toEqual([name, true]);
    }
  });
});

describe('refused, with the place', () => {
  test.each<[string, string | RegExp, string]>([
    ['x +', /Unexpected end/, ''],
    ['x + $', /unknown name '\$'/, '$'],
    ['x * (y + 1', /Parenthesis \) expected/, ''],
    ['x + z', /unknown name 'z'; declared names are: x, y/, 'z'],
    ['x + e', /Euler's number write exp\(1\)/, 'e'],
    ['2i', /imaginary/, 'i'],
    ['5 in', /unknown name 'in'/, 'in'],
    ['x y', /no operator between 'x' and 'y'/, 'x y'],
    ['sin x', /no operator between 'sin' and 'x'/, 'sin x'],
    ['sin + 1', /'sin' is a function: put its argument in parentheses/, 'sin'],
    ['1 / 2x', /no operator between '1 \/ 2' and 'x'/, '1 / 2x'],
    ['y / 2x', /read in two ways/, 'y / 2x'],
    ['x.sin(y)', /only functions by name/, 'x.sin(y)'],
    ['foo(x)', /unknown function 'foo'/, 'foo'],
    ['sigmod(x)', /did you mean sigmoid or sign\?/, 'sigmod'],
    ['x(y)', /'x' is not a function/, 'x'],
    ['sin(x, y)', /sin takes 1 argument\(s\), got 2/, 'sin(x, y)'],
    ['x > 0 ? x : y', /comparisons|cannot be told apart/, 'x > 0 ? x : y'],
    ['x == y', /operator '=='/, 'x == y'],
    ['x!', /operator '!'/, 'x'],
    ['x % 2', /operator '%'/, 'x % 2'],
    ['3% * x', /divide by 100/, '3'],
    ['"a"', /not a finite number/, '"a"'],
    ['true + x', /not a finite number/, 'true'],
    ['x + 1e400', /Infinity is not a finite number/, '1e400'],
    ['x.constructor', /values have no properties/, 'x.constructor'],
    ['x["constructor"]', /values have no properties|not a place/, 'x["constructor"]'],
    ['f(t) = t^2', /functions cannot be defined/, 'f(t) = t^2'],
    ['x = 3', /'x' has a value already/, 'x'],
    ['sin = 3', /name of a known function/, 'sin'],
    ['a = b; b = x', /'b' has no value yet/, 'b'],
    ['a = (c = x)', /line of its own/, 'c = x'],
    ['{a: x}', /not an expression of numbers/, 'x'],
    ['1:3', /ranges stand in subscripts only/, '1:3'],
    ['cos(x) + log(-x)', /'log\(-x\)' is NaN at -2: outside of the domain of 'log'/, 'log(-x)'],
    ['1 / (x - 2)', /outside of the domain of 'divide'/, '1 / (x - 2)'],
    ['evaluate("1")', /unknown function 'evaluate'/, 'evaluate'],
    ['import({})', /unknown function 'import'/, 'import'],
    ['sin.constructor(x)', /only functions by name|properties/, 'sin.constructor(x)'],
    ['hasOwnProperty + x', /unknown name/, 'hasOwnProperty'],
    ['__proto__', /unknown name/, '__proto__'],
    ['x[0]', /from 1: the first element is x\[1\]/, '0'],
  ])('%s', async (source, reason, place) => {
    const [said, at] = await refusal(source);
    expect(said).toMatch(reason);
    expect(at).toBe(place);
  });

  test.each<[string, InputValues, RegExp, string]>([
    [
      '1 + A * x',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
        x: [1, 2, 3],
      },
      /\(2, 2\).*\(3,\)/,
      'A * x',
    ],
    ["x * x'", { x: [1, 2] }, /outer\(x, y\)/, 'x * x'],
    [
      'A / A',
      {
        A: [
          [1, 2],
          [3, 4],
        ],
      },
      /\.\//,
      'A / A',
    ],
    ['x ^ 2', { x: [1, 2] }, /\.\^/, 'x ^ 2'],
    ['sum(x, 2)', { x: [1, 2] }, /axis is 2: expected a whole number from 1 to 1/, 'sum(x, 2)'],
    ['x[3]', { x: [1, 2] }, /place 3 is outside of axis 1, of length 2/, 'x[3]'],
    ['x[1, 1]', { x: [1, 2] }, /2 subscript\(s\) for a vector of shape \(2,\)/, 'x[1, 1]'],
    ['[x, y]', { x: [1, 2], y: 3 }, /shape/, 'x, y'],
    ['trace(x)', { x: [1, 2] }, /needs a matrix, got a vector of shape \(2,\)/, 'trace(x)'],
    ['log(x)', { x: [1, 0] }, /'log\(x\)' is -Infinity at a vector of shape \(2,\)/, 'log(x)'],
  ])('%s of given shapes', async (source, values, reason, place) => {
    const [said, at] = await refusal(source, values);
    expect(said).toMatch(reason);
    expect(at).toBe(place);
  });

  test('what is too long, nested too deep, or too large', async () => {
    expect((await refusal('1'.repeat(20_001)))[0]).toMatch(/20001 characters, more than 20000/);
    expect((await refusal(`${'('.repeat(9_000)}x${')'.repeat(9_000)}`))[0]).toMatch(/nested/);
    expect((await refusal(`${'-'.repeat(9_000)}x`))[0]).toMatch(/nested/);
    expect((await refusal(`${'x + '.repeat(4_000)}x`))[0]).toMatch(/nested|parts/);
    const x = Array.from({ length: 3000 }, () => 1);
    expect((await refusal('outer(x, x)', { x }))[0]).toMatch(/9000000 elements, more than 4194304/);
    expect((await refusal('   # nothing'))[0]).toBe('the expression is empty');
  });

  test('inputs: names, missing values, shapes', async () => {
    await expect(parseProgram('x', { inputs: ['sin'] })).rejects.toThrow(
      /'sin' cannot be the name of an input/,
    );
    await expect(parseProgram('x', { inputs: ['a b'] })).rejects.toThrow(/cannot be the name/);
    const program = await parseProgram('x + y', { inputs: { x: [2], y: [] } });
    expect(() => program.run({ x: [1, 2] })).toThrow("the input 'y' has no value");
    expect(() => program.run({ x: [1, 2], y: 1, z: 2 })).toThrow(
      "'z' is given a value, but the inputs are: x, y",
    );
    expect(() => program.run({ x: [1, 2, 3], y: 1 })).toThrow(
      "the input 'x' has shape (3,), but (2,) was declared",
    );
  });

  test('a long line is cut around the place', async () => {
    const program = `${'x + '.repeat(40)}z${' + x'.repeat(40)}`;
    const [reason, at] = await refusal(program);
    expect([reason, at]).toEqual([expect.stringMatching(/unknown name 'z'/), 'z']);
  });
});

test('text of any kind is refused or run, never anything else', async () => {
  const words = [
    'x',
    'y',
    '(',
    ')',
    '+',
    '*',
    '-',
    '/',
    '^',
    "'",
    '[',
    ']',
    ',',
    ';',
    '1',
    '2.5',
    'sin',
    'log',
    'A',
    ':',
    '=',
    '.',
    '.*',
    ' ',
    '\n',
    'i',
    '"',
    '{',
    '}',
    '?',
    '#',
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 12 }), async (parts) => {
      try {
        const program = await parseProgram(parts.join(''), { inputs: ['x', 'y', 'A'] });
        for (const y of program
          .run({
            x: 1,
            y: [1, 2],
            A: [
              [1, 2],
              [3, 4],
            ],
          })
          .outputs.values()) {
          expect(sameShape(y.shape, y.shape)).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
      }
    }),
    { numRuns: Math.max(300, fc.readConfigureGlobal().numRuns ?? 0) },
  );
});
