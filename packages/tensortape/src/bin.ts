#!/usr/bin/env node
/** The command: a stub, so that its work, and mathjs, are loaded only when it runs. */
const { runCommand } = await import('@tensortape/verify/command');
const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
process.exitCode = await runCommand(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  error: (text) => process.stderr.write(`${text}\n`),
  colours,
});

export {};
