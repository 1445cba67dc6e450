// The form came to nothing because the person had been signed out: its text is a draft again.
export function attach() {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith("draft:"))) {
    localStorage.setItem(key, sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
  }
}
