import dns2 from 'dns2';
import type { FastWriter } from './fast-writer.js';
import { headerBytes, isResponse, sectionCounts } from './wire.js';

/**
 * The only file that knows dns2. Its types are narrower than its code in places (no AD and CD, literals need methods, no
 * options for TCP), so it is described here as it is used, and two of its functions are replaced for this process.
 */
export interface PacketHeader {
  readonly id: number;
  readonly opcode: number;
  readonly rd: number;
  readonly cd: number;
}

export interface PacketQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** What a client sent, decoded. */
export interface ParsedMessage {
  readonly header: PacketHeader;
  readonly questions: readonly PacketQuestion[];
  /** IXFR queries have a SOA record here. */
  readonly authorities: readonly { readonly type: number; readonly serial?: number }[];
  readonly additionals: readonly {
    readonly name?: string;
    readonly type: number;
    readonly class: number;
    readonly version?: number;
    readonly doFlag?: boolean;
  }[];
  /** What could not be decoded. */
  readonly errors: readonly Error[];
  /** The message as it came. */
  readonly bytes: Buffer;
}

type Encoder = (value: object, writer: FastWriter) => void;
interface Codec {
  parse: (bytes: Buffer) => ParsedMessage;
  DecodeError: new (message: string) => Error;
  Header: {
    new (fields: object): { toBuffer(writer: FastWriter): Buffer };
    parse(bytes: Buffer): PacketHeader;
  };
  Question: { encode: Encoder };
  Resource: {
    encode: Encoder;
    SRV: { encode: Encoder };
    EDNS: {
      (options: readonly object[], fields: { extendedRcode: number; udpPayloadSize: number; doFlag: boolean }): object;
      EDE(infoCode: number, extraText: string): object;
    };
  };
  new (): ParsedMessage & { header: PacketHeader; errors: Error[] };
}
const packet = dns2.Packet as unknown as Codec;

/** RFC 2782: the target of an SRV record must not be compressed, and newer resolvers reject messages where it is. */
const encodeSrv = packet.Resource.SRV.encode;
packet.Resource.SRV.encode = (record, writer) => {
  const { names } = writer;
  writer.names = undefined;
  try {
    encodeSrv(record, writer);
  } finally {
    writer.names = names;
  }
};

/** Longer than any query: one question, a few EDNS options, a signature. */
const maxQueryBytes = 4096;

/** RFC 1996 has a record in the answer section of a query, RFC 1995 one in the authority section; OPT and TSIG are additional. */
function isPlausible(bytes: Buffer): boolean {
  const [questions, answers, authorities, additionals] = sectionCounts(bytes);
  return bytes.length <= maxQueryBytes && questions === 1 && answers <= 1 && authorities <= 1 && additionals <= 4;
}

/**
 * dns2's servers parse whatever comes. Responses are not ours to answer (two servers would do so for ever), and a message
 * built of thousands of names that point to each other would keep the process busy for seconds: of such only the header is read.
 */
const parse = packet.parse;
packet.parse = (bytes) => {
  if (bytes.length >= headerBytes && isResponse(bytes)) throw new packet.DecodeError('a response, not a query');
  if (bytes.length < headerBytes || isPlausible(bytes)) return Object.assign(parse(bytes), { bytes });
  const rest = new packet();
  rest.header = packet.Header.parse(bytes);
  rest.errors.push(new packet.DecodeError('not the shape of a query'));
  return Object.assign(rest, { bytes });
};

/** Decodes a message. Throws for what is not answered: a response, or less than a header. What else is wrong is in `errors`. */
export function parseMessage(bytes: Buffer): ParsedMessage {
  return packet.parse(bytes);
}

export function writeHeader(writer: FastWriter, fields: object): void {
  new packet.Header(fields).toBuffer(writer);
}

export function writeQuestion(writer: FastWriter, question: PacketQuestion): void {
  packet.Question.encode(question, writer);
}

/** `record` in the form of dns2: `type` and `class` as numbers, and what the type has. */
export function writeResource(writer: FastWriter, record: object): void {
  packet.Resource.encode(record, writer);
}

/** An OPT record (RFC 6891), with an Extended DNS Error (RFC 8914) or without options. */
export function optRecord(fields: {
  extendedRcode: number;
  udpPayloadSize: number;
  doFlag: boolean;
  error?: { readonly code: number; readonly text: string } | undefined;
}): object {
  const { error, ...others } = fields;
  return packet.Resource.EDNS(error === undefined ? [] : [packet.Resource.EDNS.EDE(error.code, error.text)], others);
}
