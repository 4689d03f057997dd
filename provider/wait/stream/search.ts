import { BadAnswer } from "../../api/errors";
import { type MachinePage, type MachineQuery, type MachineType, PAGE_SIZE } from "../../cwp/describeMachines";

/**
 * The search for hosts in CWP's list of machines, as a value: the hosts that are left, their possible types,
 * and the next request.
 *
 * CWP lists the machines of one type at a time. The prefix of an id shows the likeliest type, but a host
 * counts as missing only when no type has it. A filter finds one id a request, a page shows 100 machines of a
 * type: the search takes the way that costs fewer requests. Only the first page has the number of machines.
 * Until it is known, the choice may cost one request more than the best.
 */
export interface Search {
  /** The ids that were not found so far, each with the types that it may still be of, likeliest first. */
  readonly left: ReadonlyMap<string, readonly MachineType[]>;
  /** The list that is being read, and its next part. */
  readonly reading?: Reading | undefined;
  /** The number of machines of a type, if a page has shown it. */
  readonly totals: ReadonlyMap<MachineType, number>;
}

/** A part of the list in any region. */
export type Part = Omit<MachineQuery, "region">;

/** A list that is read page by page. */
interface Reading {
  readonly part: Part;
  /** The machines that its pages have shown, by all their ids. */
  readonly shown: ReadonlySet<string>;
  /** The number of all that the first page gave. */
  readonly total: number | undefined;
  /** The times that it was begun again, since the number of machines had changed. */
  readonly again: number;
}

/** The most times that a list is begun again. A later look-up finds what was missed. */
const MOST_AGAIN = 3;

const TYPES: readonly MachineType[] = ["CVM", "LH", "BM", "ECM", "Other"];

const PREFIXES: readonly (readonly [prefix: string, MachineType])[] = [
  ["ins-", "CVM"],
  ["lhins-", "LH"],
  ["ein-", "ECM"],
  ["cpm-", "BM"],
];

/** Begins a search for these ids. `totals` are from an earlier search. */
export function beginSearch(ids: Iterable<string>, totals: Search["totals"] = new Map()): Search {
  return { left: new Map([...ids].map((id) => [id, typesOf(id)])), totals };
}

function typesOf(id: string): MachineType[] {
  const guess = PREFIXES.find(([prefix]) => id.startsWith(prefix))?.[1] ?? "CVM";
  return [guess, ...TYPES.filter((type) => type !== guess)];
}

/** Returns the search without the ids that no look-up wants any more. */
export function narrow(search: Search, isWanted: (id: string) => boolean): Search {
  const left = new Map([...search.left].filter(([id]) => isWanted(id)));
  const { reading } = search;
  const id = reading?.part.id;
  return { ...search, left, reading: id === undefined || left.has(id) ? reading : undefined };
}

/** Returns the next request; undefined once every id is found, or was looked for in every type. */
export function nextPart(search: Search): Part | undefined {
  const { left, reading, totals } = search;
  if (reading && (reading.part.id !== undefined || likelyIds(left, reading.part.type).length > 0)) {
    return reading.part;
  }
  for (const [id, [type]] of left) {
    if (type !== undefined) {
      const pages = Math.max(1, Math.ceil((totals.get(type) ?? 0) / PAGE_SIZE));
      return likelyIds(left, type).length <= pages ? { type, id, offset: 0 } : { type, offset: 0 };
    }
  }
  return undefined;
}

/**
 * Returns the search after the answer. Throws BadAnswer if the service shows the same machines at every
 * offset.
 */
export function learnPage(search: Search, part: Part, page: MachinePage): Search {
  const { type, id, offset } = part;
  const found = new Set(page.machines.map(({ instanceId }) => instanceId));
  const left = new Map([...search.left].filter(([one]) => !found.has(one)));
  const { total } = page;
  const totals =
    id === undefined && total !== undefined ? new Map([...search.totals, [type, total]]) : search.totals;
  const { reading } = search;
  const again = reading?.again ?? 0;
  if (reading && offset > 0 && reading.total !== total && again < MOST_AGAIN) {
    // A removed machine has moved the machines after it to earlier pages.
    return { left, totals, reading: { ...beginReading(part, total), again: again + 1 } };
  }
  const ids = page.machines.map(({ instanceId, quuid, uuid }) => [instanceId, quuid, uuid].join(" "));
  const showsNew = ids.some((one) => !reading?.shown.has(one));
  const next = offset + ids.length;
  // Without a number of all, only a page with nothing new shows the end.
  if (!showsNew || (total !== undefined && next >= total)) {
    if (total !== undefined && next < total && ids.length > 0) {
      throw new BadAnswer("DescribeMachines gives the same machines at every Offset");
    }
    return { left: withoutType(left, type, id), totals };
  }
  const pagesLeft = total === undefined ? 0 : Math.ceil((total - next) / PAGE_SIZE);
  const continues = id === undefined ? likelyIds(left, type).length > pagesLeft : left.has(id);
  const shown = new Set([...(reading?.shown ?? []), ...ids]);
  return {
    left,
    totals,
    reading: continues ? { part: { type, id, offset: next }, shown, total, again } : undefined,
  };
}

function beginReading({ type, id }: Part, total: number | undefined): Omit<Reading, "again"> {
  return { part: { type, id, offset: 0 }, shown: new Set(), total };
}

/** Returns the ids that are looked for in this type first. */
function likelyIds(left: Search["left"], type: MachineType): string[] {
  return [...left].filter(([, [first]]) => first === type).map(([id]) => id);
}

/**
 * Returns the ids that are left after a whole list of this type: of all machines, or of the machines that a
 * filter for an id shows.
 */
function withoutType(left: Search["left"], type: MachineType, id: string | undefined): Search["left"] {
  return new Map(
    [...left].map(([one, types]) => [
      one,
      id === undefined || id === one ? types.filter((other) => other !== type) : types,
    ]),
  );
}
