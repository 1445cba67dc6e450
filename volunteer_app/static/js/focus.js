// After a submit the message takes the focus, so that readers and keyboards start there.
export function attach(message) {
  message.focus({ preventScroll: false });
}
