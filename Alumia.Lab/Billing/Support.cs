using Alumia.Lab.Organizations;

namespace Alumia.Lab.Billing;

/// <summary>Where people turn when a deposit does not settle: <c>Support:Contact</c>, a mail address or the address of a page.</summary>
public sealed class Support(IConfiguration configuration)
{
    /// <summary>A mail with all that is needed to find this deposit, or the configured page; null where nothing is configured.</summary>
    public string? AddressAbout(OrgScope scope, Deposit deposit)
    {
        if (configuration["Support:Contact"]?.Trim() is not { Length: > 0 } contact)
            return null;
        if (Uri.TryCreate(contact, UriKind.Absolute, out var page) && page.Scheme is "http" or "https")
            return contact;
        var mail = contact.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? contact["mailto:".Length..] : contact;
        var id = deposit.SessionId ?? deposit.PaymentIntentId ?? deposit.Id;
        var body = $"Organization: {scope.OrgSlug}\nStripe checkout session: {id}\nDeposit: {deposit.Id}\nAmount: {Cents.Text(deposit.AmountCents)}\n"
            + $"Begun at: {DateTimeOffset.FromUnixTimeMilliseconds(deposit.CreatedAtMs):yyyy-MM-dd HH:mm} UTC\n";
        return $"mailto:{mail}?subject={Uri.EscapeDataString($"Deposit not credited: {id}")}&body={Uri.EscapeDataString(body)}";
    }
}
