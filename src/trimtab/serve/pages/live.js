// Renews the part of a page that says where it is told of changes. Nothing is drawn here: the part comes from the server
// as it would on a page that is loaded anew, and without this script the page shows how it was when it was loaded.
(() => {
  "use strict";
  const part = () => document.querySelector("[data-live]");
  if (!part() || !window.EventSource) return;
  let busy = false;
  let again = false;

  const say = (words) => {
    const said = part()?.querySelector("[data-live-state]");
    if (said) said.textContent = words;
  };

  const renew = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(part().dataset.from, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      if (made) part().replaceWith(document.adoptNode(made));
      say("Live: renewed whenever a guard records what it ruled.");
    } catch {
      say("It could not be renewed; load the page again.");
    } finally {
      busy = false;
      if (again) {
        again = false;
        renew();
      }
    }
  };

  const source = new EventSource(part().dataset.live);
  source.addEventListener("open", () => say("Live: renewed whenever a guard records what it ruled."));
  source.addEventListener("traffic", (event) => {
    if (event.lastEventId !== part().dataset.row) renew();
  });
  source.addEventListener("ended", () => {
    source.close();
    say("Not live any more; load the page again.");
  });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) say("Not live: this is how it was when it was loaded.");
    else say("Not connected at the moment; it is tried again.");
  });
})();
