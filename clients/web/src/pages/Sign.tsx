/** Signing up and logging in. */
import { useSignal } from "@preact/signals";
import { Problem, wordsOf } from "../api/client";
import { Head } from "../parts/bits";
import { signIn, signUp } from "../state/me";
import { go } from "../state/router";

interface FieldProps {
  name: string;
  label: string;
  hint?: string;
  error?: string;
  input: Record<string, unknown>;
}

export function Field({ name, label, hint, error, input }: FieldProps) {
  const about = [hint ? `${name}-hint` : "", error ? `${name}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input id={name} name={name} aria-invalid={Boolean(error)} aria-describedby={about || undefined} {...input} />
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
      {error ? (
        <p class="wrong" id={`${name}-error`} role="alert">
          {error}
        </p>
      ) : null}
    </div>
  );
}

function wordsByField(error: unknown): Record<string, string> {
  if (error instanceof Problem && error.errors.length) {
    const known = ["handle", "password", "name"];
    return Object.fromEntries(error.errors.map((one) => [known.includes(one.field) ? one.field : "all", one.message]));
  }
  return { all: wordsOf(error) };
}

const HANDLE = { autoComplete: "username", autoCapitalize: "none", spellCheck: false, required: true, maxLength: 30 };

export function SignForm({ isNew = false }: { isNew?: boolean }) {
  const busy = useSignal(false);
  const wrong = useSignal<Record<string, string>>({});

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const [handle, password, name] = ["handle", "password", "name"].map((field) => String(given.get(field) ?? ""));
    busy.value = true;
    wrong.value = {};
    try {
      await (isNew ? signUp(handle!, password!, name!) : signIn(handle!, password!));
      go(isNew ? "/people" : "/", true);
    } catch (error) {
      wrong.value = wordsByField(error);
    } finally {
      busy.value = false;
    }
  }

  const hints = isNew ? { handle: "2 to 30 letters, digits or _", password: "10 characters or more" } : null;
  return (
    <form class="form" onSubmit={submit}>
      {isNew ? (
        <Field
          name="name"
          label="Name"
          input={{ autoComplete: "name", maxLength: 50, placeholder: "As friends call you", dir: "auto" }}
        />
      ) : null}
      <Field
        name="handle"
        label="Handle"
        hint={hints?.handle}
        error={wrong.value.handle}
        input={{ ...HANDLE, ...(isNew ? { pattern: "[A-Za-z0-9_]{2,30}" } : {}) }}
      />
      <Field
        name="password"
        label="Password"
        hint={hints?.password}
        error={wrong.value.password}
        input={{
          type: "password",
          required: true,
          autoComplete: isNew ? "new-password" : "current-password",
          ...(isNew ? { minLength: 10, maxLength: 128 } : {}),
        }}
      />
      {wrong.value.all ? (
        <p class="wrong" role="alert">
          {wrong.value.all}
        </p>
      ) : null}
      <button type="submit" class="primary" disabled={busy.value}>
        {busy.value ? "One moment …" : isNew ? "Sign up" : "Log in"}
      </button>
    </form>
  );
}

export function SignPage({ isNew }: { isNew: boolean }) {
  return (
    <div class="narrow">
      <Head title={isNew ? "Sign up" : "Log in"} />
      <div class="card">
        <SignForm isNew={isNew} key={String(isNew)} />
        <p class="quiet">
          {isNew ? "Have an account? " : "New here? "}
          <a href={isNew ? "/login" : "/signup"}>{isNew ? "Log in" : "Sign up"}</a>
        </p>
      </div>
    </div>
  );
}
