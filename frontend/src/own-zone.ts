// <cb-own-zone>: offers the clock of this browser where one's own stands elsewhere. On the page of the settings.

class OwnZone extends HTMLElement {
  connectedCallback(): void {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const field = document.querySelector<HTMLSelectElement>('select[name=time_zone]');
    const button = this.querySelector('button');
    const option = [...(field?.options ?? [])].find(({ value }) => value === zone);
    if (!field || !button || !option || zone === this.dataset['zone']) return;
    const place = this.querySelector('[data-place]');
    if (place) place.textContent = option.text;
    button.addEventListener('click', () => {
      field.value = zone;
      this.hidden = true;
      field.focus();
    });
    this.hidden = false;
  }
}

customElements.define('cb-own-zone', OwnZone);
