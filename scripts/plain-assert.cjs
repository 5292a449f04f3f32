'use strict';
/** In place of Node's assert, which is slow to load, for a package that only wants to be sure. */
function assert(holds, message = 'it is not as it must be') {
  if (!holds) throw new Error(message);
}

assert.strictEqual = (one, other, message) => assert(Object.is(one, other), message);

module.exports = assert;
