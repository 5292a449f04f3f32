'use strict';
/** In place of the package long, which divides 64-bit integers in steps: what dbus-next asks of it, by BigInt. */
class Long {
  constructor(low, high, unsigned) {
    this.low = low;
    this.high = high;
    this.unsigned = unsigned;
  }

  /** Modulo 2^64. */
  static fromString(decimal) {
    const whole = BigInt.asUintN(64, BigInt(decimal));
    return new Long(Number(whole & 0xffff_ffffn), Number(whole >> 32n), true);
  }

  /** Decimal. */
  toString() {
    const whole = (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
    return String(this.unsigned ? whole : BigInt.asIntN(64, whole));
  }
}

module.exports = Long;
