// <cb-push>: whether this browser is told when no page is open. On the page of the notices' settings.
import { Refused, send } from './http';
import { rare, strings } from './strings';

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

function textOf(buffer: ArrayBuffer | null): string {
  const binary = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

class PushSwitch extends HTMLElement {
  private readonly button = this.querySelector('button');
  private readonly state = this.querySelector<HTMLElement>('[role=status]');

  connectedCallback(): void {
    if (!('serviceWorker' in navigator) || !('PushManager' in window)) {
      this.say(rare.pushUnsupported());
      return;
    }
    if (Notification.permission === 'denied') this.say(rare.pushDenied());
    this.button?.removeAttribute('hidden');
    this.button?.addEventListener('click', () => void this.turnOn());
  }

  private async turnOn(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') {
      this.say(rare.pushDenied());
      return;
    }
    this.say(strings.loading());
    try {
      const { pushManager } = await navigator.serviceWorker.ready;
      // One that was made for an earlier key of the company takes nothing from us.
      await (await pushManager.getSubscription())?.unsubscribe();
      const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(this.dataset['key'] ?? '') });
      await send(this.dataset['url'] ?? '', new URLSearchParams({ endpoint: made.endpoint, p256dh: textOf(made.getKey('p256dh')), auth: textOf(made.getKey('auth')) }));
      location.reload();
    } catch (error) {
      this.say(error instanceof Refused && error.message ? error.message : rare.pushFailed());
    }
  }

  private say(words: string): void {
    if (this.state) this.state.textContent = words;
  }
}

customElements.define('cb-push', PushSwitch);
