/** Bits of the third octet of a message (RFC 1035 §4.1.1). */
export const qrBit = 0x80;
export const opcodeBits = 0x78;
export const aaBit = 0x04;
export const tcBit = 0x02;
export const rdBit = 0x01;

/** Bits of the fourth (RFC 4035 §3 for AD and CD). */
export const raBit = 0x80;
export const adBit = 0x20;
export const cdBit = 0x10;
