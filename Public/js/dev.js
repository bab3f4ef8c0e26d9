// Development only: reloads the page when what it was made from has changed.
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

/** The server names its edition at once and after every save, so a save before the page listened is not missed. */
function listen() {
  const events = new EventSource("/_dev/events");
  events.addEventListener("edition", event => {
    if (event.data !== document.documentElement.dataset.edition) reload();
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000); // the browser has given up, we have not
  });
}
listen();
