// Runs in a world of its own; the page's scripts do not run at all. Tells which link was chosen.
(token => {
  const tell = number => console.info(token + JSON.stringify([number]));
  const choose = (number, show) => {
    let first = null;
    for (const each of document.querySelectorAll("a.spot")) {
      const chosen = Number(each.dataset.number) === number;
      each.classList.toggle("chosen", chosen);
      if (chosen && !first) first = each;
    }
    if (first && show) first.scrollIntoView({ block: "center" });
  };
  document.addEventListener("click", event => {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    if (!link.classList.contains("spot")) return;
    choose(Number(link.dataset.number), false);
    tell(Number(link.dataset.number));
  }, true);
  globalThis.clickmap = { choose: number => choose(number, true) };
})
