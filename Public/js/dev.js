// Development only: reloads the page, or only its styles, when a file has changed.
const place = "dev-scroll";

try {
  const saved = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (saved) {
    const { path, top } = JSON.parse(saved);
    if (path === location.pathname) scrollTo({ top, behavior: "instant" });
  }
} catch { /* the place is lost, nothing else */ }

function reload() {
  try {
    sessionStorage.setItem(place, JSON.stringify({ path: location.pathname, top: scrollY }));
  } catch { /* reload without the place */ }
  location.reload();
}

/** The new sheet is loaded beside the old one, which goes when it has arrived: nothing flashes. */
function swapStyles(url) {
  const name = path => path.split("/").pop().match(/^[a-z]*/)[0]; // without the fingerprint
  const old = [...document.querySelectorAll('link[rel="stylesheet"]')]
    .find(link => name(new URL(link.href).pathname) === name(new URL(url, location).pathname));
  if (!old) return reload();
  const link = old.cloneNode();
  link.href = url;
  link.addEventListener("load", () => old.remove(), { once: true });
  link.addEventListener("error", () => link.remove(), { once: true });
  old.after(link);
}

let lost = false;

function listen() {
  const events = new EventSource("/_dev/events");
  events.addEventListener("open", () => { if (lost) reload(); });
  events.addEventListener("error", () => {
    lost = true;
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000); // the browser has given up, we have not
  });
  events.addEventListener("reload", reload);
  events.addEventListener("css", event => {
    try {
      swapStyles(JSON.parse(event.data).url);
    } catch {
      reload();
    }
  });
}
listen();
