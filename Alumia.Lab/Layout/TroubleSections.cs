namespace Alumia.Lab.Layout;

/// <summary>What the troubleshooting page says of each section; a section is shown once some room declares troubles of its kind.</summary>
internal static class TroubleSections
{
    /// <summary>In the order of the document; ours, on providers, come first.</summary>
    public static readonly (string Title, string Text)[] All =
    [
        ("Providers and models",
            "A model's provider refuses, limits or does not answer. The turn stops with a card in the chat panel, and what was written so far is kept. Try again, wait for the provider, or take another model."),
        ("402 PAYMENT_REQUIRED",
            "A paid model ran and the balance is at zero; free providers never ask for money. Add funds, add a key of your own for that provider, or take a free model."),
        ("Connector auth failed",
            "A connector could not renew its access: it was revoked at the provider, or it ran out. Reconnect opens the provider's consent, and blocked calls go on after it."),
        ("MCP server failed",
            "A server whose tools agents use does not answer, ended, or says other things of a tool than were confirmed. It is tried again by itself after growing pauses; Try again now does so at once."),
        ("429 TOO_MANY_REQUESTS",
            "The chat takes 60 requests a minute per person and address. Wait as long as the answer says and send again; several messages in one session count less than many sessions."),
        ("Agent stuck on a tool",
            "A tool is slow, waits for another agent, or was called with arguments that do not fit it. Open the call to see its arguments and output so far, stop the session, or switch the tool off for the agent."),
        ("Stripe checkout did not return a balance",
            "The payment went through and the balance does not show it yet. Deposits reconcile by themselves within minutes."),
        ("401 UNAUTHORIZED on the API",
            "A call came without a key, with one that was revoked or has expired, or without the header X-Alumia-Org. See under Settings, API keys, that the key is not revoked, and send both headers again; a key that was replaced is regenerated and put into the client."),
        ("404 on /share/<token>",
            "A shared link leads nowhere: sharing was switched off, the project was deleted, or the address is mistyped. Share the project again: a new token is minted, and that URL is the one to send."),
    ];

    /// <summary>The text of a section, empty for one that only its room knows.</summary>
    public static string TextOf(string title) => All.FirstOrDefault(section => section.Title == title).Text ?? "";

    /// <summary>Where a section stands on the page.</summary>
    public static int PlaceOf(string title) => Array.FindIndex(All, section => section.Title == title) is var place and >= 0 ? place : All.Length;
}
