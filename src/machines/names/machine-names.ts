/** Machine names: the rules of host names, because a machine's name is its host name, its cgroup and its folder. */
import { randomInt } from 'node:crypto';
import { MachineError } from '../errors.ts';

/** `monitors` is the cgroup that all monitors share. */
const reserved: ReadonlySet<string> = new Set(['monitors']);

const pattern = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** True for what may be a machine's folder. */
export function isMachineName(name: string): boolean {
  return pattern.test(name) && !reserved.has(name);
}

/** Throws MachineError `usage` that names the rule. Everything that makes a path of a name goes through here first. */
export function checkMachineName(name: string): void {
  if (reserved.has(name)) {
    throw new MachineError('usage', `"${name}" is a reserved name`, {
      subject: name,
      hint: 'choose another name',
    });
  }
  if (!pattern.test(name)) {
    throw new MachineError('usage', `${JSON.stringify(name)} is not a machine name`, {
      subject: name,
      hint: '1 to 63 letters, digits and hyphens, with no hyphen first or last',
    });
  }
}

const firstWords =
  'amber ample bold brave brisk bright calm clear clever cosy crisp deft eager early fair fleet fond frank gentle glad golden grand happy hardy honest jolly keen kind lively lucid lucky mellow merry mild neat nimble noble patient plain proud quick quiet rapid ready rosy sharp silent silver smart snug solid steady still sunny swift tidy trusty vivid warm wise witty'.split(
    ' ',
  );
const secondWords =
  'acorn aspen badger beech birch bison brook cedar clover comet coral crane creek curlew dune ember falcon fern finch fjord fox garnet grove hare harbor hawk hazel heron island ivy lake lark lichen linden lynx maple marten meadow moss oak opal osprey otter owl pebble pine plover pond quail raven reed ridge river robin rowan sparrow spruce stone stork swan thistle tide trout valley willow wren'.split(
    ' ',
  );

/** A readable name that `isTaken` denies. */
export function pickName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt += 1) {
    const words = `${pick(firstWords)}-${pick(secondWords)}`;
    const name = attempt < 20 ? words : `${words}-${randomInt(10, 100_000)}`;
    if (!isTaken(name)) {
      return name;
    }
  }
}

/** `web-otter` of `web`: a readable name for something that is made from it. */
export function pickNameFrom(base: string, isTaken: (name: string) => boolean): string {
  const stem = base.slice(0, 40).replace(/-+$/, '');
  for (let attempt = 0; ; attempt += 1) {
    const word = `${stem}-${pick(secondWords)}`;
    const name = attempt < 10 ? word : `${word}-${randomInt(10, 100_000)}`;
    if (!isTaken(name)) return name;
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? 'machine';
}
