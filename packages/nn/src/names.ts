const spellings = new Map<string, string>();

/** `selfAttn` as `self_attn`, `weightIhL0` as `weight_ih_l0`, `toQKV` as `to_qkv`: PyTorch's spelling of a field. */
export function snakeCase(field: string): string {
  let spelling = spellings.get(field);
  if (spelling === undefined) {
    spelling = field
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
      .toLowerCase();
    spellings.set(field, spelling);
  }
  return spelling;
}

/** The name of a variable that holds a `LeNet` or an `MLP`: `leNet`, `mlp`. */
export function variableName(className: string): string {
  return className.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase()) || 'module';
}

/** Two paths with a dot between them, `net.fc1`; one alone where the other is empty. */
export function joinPath(path: string, rest: string): string {
  return path === '' ? rest : rest === '' ? path : `${path}.${rest}`;
}
