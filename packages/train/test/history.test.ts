import { describe, expect, test } from '@jest/globals';
import { ArgumentError, tensor } from '@tensortape/autograd';
import { EarlyStopping, History } from '@tensortape/train';
import fc from 'fast-check';

describe('History', () => {
  const filled = () => {
    const history = new History({ axis: 'epoch' });
    history.add(0.5, { loss: 3 });
    history.add(1, { loss: Number.NaN, accuracy: 0.5 });
    history.add(2, { loss: 1, accuracy: Number.NEGATIVE_INFINITY });
    history.add(3, { loss: 1, accuracy: 0.5 });
    return history;
  };

  test('gives series, last and best values', () => {
    const history = filled();
    expect(history.names).toEqual(['loss', 'accuracy']);
    expect(history.series('loss')).toEqual({ at: [0.5, 1, 2, 3], values: [3, Number.NaN, 1, 1] });
    expect(history.last('accuracy')).toEqual({ at: 3, value: 0.5 });
    expect(history.best('loss', 'min')).toEqual({ at: 2, value: 1 });
    expect(history.best('loss', 'max')).toEqual({ at: 0.5, value: 3 });
    expect(history.best('accuracy', 'max')).toEqual({ at: 1, value: 0.5 });
    expect([history.has('loss'), history.has('rate')]).toEqual([true, false]);
    history.add(4, { rate: Number.NaN });
    expect(history.best('rate', 'min')).toBeUndefined();
    expect(() => history.series('los')).toThrow(/no series 'los'; there are loss, accuracy/);
  });

  test('what it gives is a copy', () => {
    const history = filled();
    Object.assign(history.series('loss').values, { 0: 9 });
    history.stateDict().series.get('loss')!.values[0] = 9;
    expect(history.series('loss').values[0]).toBe(3);
  });

  test('refuses values out of order, and what is no number, and adds nothing then', () => {
    const history = filled();
    expect(() => history.add(3, { rate: 1, loss: 1 })).toThrow(
      /'loss' has a value at epoch 3 already, and 3 is not beyond it/,
    );
    expect(() => history.add(Number.NaN, { loss: 1 })).toThrow(/finite number as epoch, got NaN/);
    const wrong: Record<string, never> = JSON.parse('{"rate": 1, "text": "1"}');
    expect(() => history.add(4, wrong)).toThrow(/a number as 'text', got string/);
    expect(history.names).toEqual(['loss', 'accuracy']);
    expect(history.last('loss').at).toBe(3);
  });

  const histories = fc
    .uniqueArray(fc.tuple(fc.string(), fc.array(fc.double({ noNaN: false }), { minLength: 1 })), {
      selector: ([name]) => name,
    })
    .map((series) => {
      const history = new History();
      for (const [name, values] of series) {
        for (const [i, value] of values.entries()) history.add(i / 2, Object.fromEntries([[name, value]]));
      }
      return history;
    });

  test('comes back from JSON and from its state, NaN, infinities and all', () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(History.parse(JSON.stringify(history)).stateDict()).toStrictEqual(history.stateDict());
        const other = filled();
        other.loadStateDict(history.stateDict());
        expect(other.stateDict()).toStrictEqual(history.stateDict());
      }),
    );
  });

  test.each<[string, RegExp]>([
    ['{', /History\.parse: expected JSON \(/],
    ['3', /the text: expected an object, found number/],
    ['{"axis":"step"}', /series: expected a list, found undefined/],
    ['{"axis":"day","series":[]}', /axis must be 'step' or 'epoch', got day/],
    ['{"axis":"step","series":[null]}', /series\[0\]: expected an object, found null/],
    ['{"axis":"step","series":[{"name":1}]}', /series\[0\]\.name: expected a text, found number/],
    [
      '{"axis":"step","series":[{"name":"a","at":[1],"values":["x"]}]}',
      /series\[0\]\.values: expected a list of numbers/,
    ],
    ['{"axis":"step","series":[{"name":"a","at":[1],"values":[]}]}', /'a': 1 places for 0 values/],
    [
      '{"axis":"step","series":[{"name":"a","at":[2,1],"values":[0,0]}]}',
      /'a': at\[1\] is 1; places are finite, increasing/,
    ],
  ])('%s is refused', (json, message) => {
    expect(() => History.parse(json)).toThrow(ArgumentError);
    expect(() => History.parse(json)).toThrow(message);
  });
});

describe('EarlyStopping', () => {
  /** After how many of the metrics it stops. */
  const stopsAfter = (options: ConstructorParameters<typeof EarlyStopping>[0], metrics: number[]) => {
    const stopping = new EarlyStopping(options);
    const at = metrics.findIndex((metric) => stopping.step(metric));
    return [at + 1, stopping.best, stopping.bestCount];
  };

  test('stops when the metric has not become better `patience` times in a row', () => {
    expect(stopsAfter({ patience: 1 }, [3, 2, 2])).toEqual([3, 2, 2]);
    expect(stopsAfter({ patience: 2 }, [3, 4, 2, 5, 1, 1, 1])).toEqual([7, 1, 5]);
    expect(stopsAfter({ patience: 2, mode: 'max' }, [3, 4, 2, 3, 9])).toEqual([4, 4, 2]);
    expect(stopsAfter({ patience: 3 }, [3, 2, 1])).toEqual([0, 1, 3]);
  });

  test('what is better by minDelta or less is not better', () => {
    expect(stopsAfter({ patience: 2, minDelta: 0.5 }, [3, 2.5, 2.5, 0])).toEqual([3, 3, 1]);
    expect(stopsAfter({ patience: 2, minDelta: 0.5 }, [3, 2.4, 2.4])).toEqual([0, 2.4, 2]);
  });

  test('a NaN is never better, not even the first', () => {
    expect(stopsAfter({ patience: 2 }, [Number.NaN, Number.NaN])).toEqual([2, Number.POSITIVE_INFINITY, 0]);
    expect(stopsAfter({ patience: 2 }, [Number.NaN, 1, Number.NaN, Number.NaN])).toEqual([4, 1, 2]);
  });

  test('says when to keep the model', () => {
    const stopping = new EarlyStopping({ patience: 9 });
    expect(stopping.improved).toBe(false);
    const improved = [3, 4, 2, 2].map((metric) => {
      stopping.step(tensor(metric));
      return stopping.improved;
    });
    expect(improved).toEqual([true, false, true, false]);
  });

  test('goes on from its state', () => {
    const [a, b] = [new EarlyStopping({ patience: 3 }), new EarlyStopping({ patience: 3 })];
    for (const metric of [2, 3, 4]) a.step(metric);
    b.loadStateDict(a.stateDict());
    expect([b.best, b.count, b.bestCount, b.stopped]).toEqual([2, 3, 1, false]);
    expect(b.step(5)).toBe(true);
    expect(() => b.loadStateDict({ best: 1, count: 1, bestCount: 2 })).toThrow(
      /expected a state with best, count/,
    );
    expect(b.count).toBe(4);
  });

  test('refuses options out of range, and what is no number', () => {
    expect(() => new EarlyStopping({ patience: 0 })).toThrow(/patience must be a whole number >= 1, got 0/);
    expect(() => new EarlyStopping({ patience: 1, minDelta: -1 })).toThrow(
      /minDelta must be a finite number >= 0, got -1/,
    );
    const nothing: { metric: never } = JSON.parse('{"metric": null}');
    expect(() => new EarlyStopping({ patience: 1 }).step(nothing.metric)).toThrow(
      /needs the metric, a number, got null/,
    );
  });
});
