/**
 * A generator whose `return` closes the source at once. A plain async generator would only run its `finally` when it had
 * been started, and after the read it waits for: a host that fell silent would keep its connection and go on billing.
 */
export function closingStream<Slice, Tail>(
  stream: AsyncGenerator<Slice, Tail>,
  close: () => void,
): AsyncGenerator<Slice, Tail> {
  const closing: Omit<AsyncGenerator<Slice, Tail>, typeof Symbol.asyncDispose> = {
    next: () => stream.next(),
    return: (tail) => {
      close();
      return stream.return(tail);
    },
    throw: (error) => {
      close();
      return stream.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this as AsyncGenerator<Slice, Tail>;
    },
  };
  return closing as AsyncGenerator<Slice, Tail>;
}
