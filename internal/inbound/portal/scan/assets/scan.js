// How far a scan is, as it goes on. Without this the page loads itself again.
const box = document.querySelector("[data-follow]");
if (box) {
  const text = box.querySelector("[data-said]");
  const bar = box.querySelector("progress");
  const source = new EventSource(box.dataset.follow);
  source.addEventListener("scan", (event) => {
    const told = JSON.parse(event.data);
    if (text.textContent !== told.text) text.textContent = told.text;
    bar.hidden = !told.total;
    if (told.total) {
      bar.max = told.total;
      bar.value = told.done;
    }
    if (told.over) {
      source.close();
      location.reload();
    }
  });
}
