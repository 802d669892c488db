import { registry } from '@tensortape/autograd/registry';
import { checkOp } from '@tensortape/verify';

let total = 0;
for (const op of registry) {
  const r = checkOp(op, { runs: 100 });
  total += r.properties.reduce((s, p) => s + p.cases, 0);
  const low = r.properties.filter(
    (p) => p.cases < 97 && !(p.cases === 0 && (p.property === 'shared' || p.property === 'empty')),
  );
  if (low.length || r.properties.some((p) => p.failure))
    console.log(
      op.name,
      low.map((p) => `${p.property}:${p.cases}`).join(' '),
      r.properties.filter((p) => p.failure).map((p) => p.failure!.message),
    );
}
console.log(total);
