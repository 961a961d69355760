import type { NewVolume, Offer, OfferedDisk } from '../../model/offer.js';
import { checkConstraint } from '../match/constraints.js';
import type { Refusal } from '../match/reject-reason.js';
import type { WantedVolume } from './volumes.js';

/** Which disk each volume gets; undefined: space of the agent's root disk. */
export type PickedDisks = readonly { readonly wanted: WantedVolume; readonly disk?: OfferedDisk }[];

function meetsConstraints({ constraints }: WantedVolume, { root }: OfferedDisk): boolean {
  return constraints.every((constraint) => checkConstraint(constraint, root, new Map(), 1).ok);
}

/** `freeMib`: what is left of the disk. */
function suits(wanted: WantedVolume, disk: OfferedDisk, freeMib: number): boolean {
  if (disk.type !== wanted.type || freeMib < wanted.sizeMib) return false;
  if (disk.type === 'mount' && disk.sizeMib > (wanted.maxSizeMib ?? Infinity)) return false;
  if (wanted.profileName !== undefined && disk.profileName !== wanted.profileName) return false;
  return meetsConstraints(wanted, disk);
}

function describedNeed({ type, sizeMib, maxSizeMib, profileName, constraints }: WantedVolume): string {
  const size = maxSizeMib === undefined ? `${sizeMib} MiB` : `${sizeMib} to ${maxSizeMib} MiB`;
  const profile = profileName === undefined ? '' : ` of profile ${profileName}`;
  const paths = constraints.map(({ field, operator, value = '' }) => `, ${field} ${operator} ${value}`).join('');
  return `a ${type} disk of ${size}${profile}${paths}`;
}

function describedDisk({ type, root = 'unknown', profileName, sizeMib }: OfferedDisk, freeMib: number): string {
  const profile = profileName === undefined ? '' : ` (${profileName})`;
  return `${type} ${root}${profile}: ${type === 'mount' ? sizeMib : freeMib} MiB`;
}

/**
 * Finds a disk of its own for each volume that wants one: the smallest that will do. Several volumes may share a disk of type `path`; one of
 * type `mount` is taken as a whole.
 */
export function pickDisks(
  volumes: readonly WantedVolume[],
  offered: readonly OfferedDisk[],
): { readonly picked: PickedDisks } | { readonly refusal: Refusal } {
  const freeMib = new Map(offered.map((disk) => [disk, disk.sizeMib]));
  const picked: { readonly wanted: WantedVolume; readonly disk?: OfferedDisk }[] = [];
  for (const wanted of volumes) {
    if (wanted.type === 'root') {
      picked.push({ wanted });
      continue;
    }
    const [best] = [...freeMib].filter(([disk, free]) => suits(wanted, disk, free)).sort(([, a], [, b]) => a - b);
    if (best === undefined) {
      const had = [...freeMib].map(([disk, free]) => describedDisk(disk, free)).join(', ');
      return {
        refusal: {
          reason: 'InsufficientDisk',
          needed: describedNeed(wanted),
          had: had === '' ? 'no disk of its own' : had,
        },
      };
    }
    const [disk, free] = best;
    picked.push({ wanted, disk });
    freeMib.set(disk, disk.type === 'mount' ? 0 : free - wanted.sizeMib);
  }
  return { picked };
}

/** What is left of an offer's disks when these volumes have been made. What remains of a shared one comes in the next offer. */
export function withoutDisks(offer: Offer, volumes: readonly Pick<NewVolume, 'disk'>[]): Offer {
  const used = new Set(volumes.map(({ disk }) => disk));
  const { disks = [], ...rest } = offer;
  const left = disks.filter((disk) => !used.has(disk));
  return left.length === 0 ? rest : { ...rest, disks: left };
}
