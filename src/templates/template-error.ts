/** What a template throws: what could not be made, and what a person can do about it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly hint: string | undefined;
  /** Whether an option was given that cannot be: then nothing was tried. */
  readonly usage: boolean;

  constructor(
    message: string,
    details: { readonly hint?: string; readonly usage?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.usage = details.usage ?? false;
  }
}
