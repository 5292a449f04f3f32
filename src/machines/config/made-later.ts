/**
 * Schemas of what few files have, made when a file has it. Each command reads a config or two, and making all that could check one
 * takes longer than checking it.
 */
import * as v from 'valibot';

/** As the schema that `make` makes, which is called once at most. */
export function later<TSchema extends v.GenericSchema>(make: () => TSchema): v.LazySchema<TSchema> {
  let made: TSchema | undefined;
  return v.lazy(() => {
    made ??= make();
    return made;
  });
}
