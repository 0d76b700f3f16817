/** Takes the focus when it first appears, unless the person is already somewhere in the form. */
export function focusOnce(input: HTMLInputElement | null) {
  if (input && !input.form?.contains(document.activeElement)) input.focus();
}
