import { InvalidArgumentError, Option } from 'commander';

/** What a target is, for the page of a command. */
export const TARGETS = 'TYPE/NAME..., TYPE NAME..., or TYPE; a ConfigMap or Secret means the workloads that use it';

/** Collects a flag that may be repeated, and whose value may be a list with commas. */
export const list = (value: string, before: string[] = []): string[] => [...before, ...value.split(',')];

/** Makes a reader of whole numbers. @throws InvalidArgumentError for anything else */
export function parseNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`It takes a whole number from ${least}.`);
    }
    return number;
  };
}

/** The flag `-o`. */
export function outputOption(choices: string[], fallback: string): Option {
  return new Option('-o, --output <format>', 'how to print').choices(choices).default(fallback);
}

/** The flag `--dry-run` of what is planned before it is done. */
export function dryRunOption(): Option {
  return new Option('--dry-run <how>', 'print the plan and change nothing; server also asks the API server to check it')
    .choices(['none', 'client', 'server'])
    .default('none');
}
