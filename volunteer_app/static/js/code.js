// Groups the digits of a code as 418 206 and sends the form at the sixth; a scanner works as typing does.
const LENGTH = 6;

export function attach(field) {
  field.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "").slice(0, LENGTH);
    field.value = digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
    if (digits.length === LENGTH && field.dataset.code !== "wait") field.form?.requestSubmit();
  });
}
