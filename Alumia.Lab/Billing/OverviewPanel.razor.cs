using System.Globalization;
using Alumia.Lab.Ledger;
using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Billing;

/// <summary>The balance, what is wrong with deposits now, and the ways to put money in.</summary>
public sealed partial class OverviewPanel(Balances balances, Deposits deposits, TroubleLog troubles, StripeAccess stripe, IEnumerable<TroubleKind> kinds)
{
    private OrgBalance? _balance;
    private Deposit? _returned;
    private IReadOnlyList<Trouble> _troubles = [];
    private bool _isAdding;

    /// <summary>The page to lead the payer back to; null for the billing page.</summary>
    [Parameter] public string? ReturnTo { get; set; }

    /// <summary>The deposit that the person comes back from.</summary>
    [Parameter] public string? DepositId { get; set; }

    protected override string[] Keys => [LedgerBook.BalanceKey(Scope.OrgId), Deposits.Key(Scope.OrgId), TroubleLog.Key(Scope.OrgId)];

    /// <summary>Why this person cannot add funds here; null where they can.</summary>
    private string? Reason => !Scope.Can(OrgRole.Admin) ? $"Owners and admins add funds; your role is {Scope.Role}."
        : stripe.Connection is null ? "Payments are not set up on this lab: its operator has to configure Stripe." : null;

    private bool IsStandIn => stripe.Connection?.Source == MoneySource.StandIn;

    protected override async Task ReadAsync()
    {
        _balance = await balances.OfAsync(Scope, Gone);
        _returned = DepositId is { Length: > 0 } id ? await FindAsync(id) : null;
        // A session's card stands in its chat; here stand those of the org.
        _troubles = [.. (await troubles.OpenAsync(Scope, [], Gone)).Where(trouble => trouble.SessionId is null && kinds.Any(kind => kind.IsMoney && kind.Kind == trouble.Kind))];
    }

    private static string FeeWords(OrgBalance balance)
    {
        var percent = (PlatformFee.Rate / 100m).ToString("0.#", CultureInfo.InvariantCulture);
        return balance.IsFeeWaived
            ? $"No platform fee yet: {Dollars.Text(balance.WaiverRemaining)} more may be deposited before {percent} % is added to what models cost."
            : $"A platform fee of {percent} % is added to what models cost, never to steps on a key of your own.";
    }

    private async Task<Deposit?> FindAsync(string id)
    {
        try
        {
            return await deposits.GetAsync(Scope, id, Gone);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return null; // An address that somebody made up.
        }
    }
}
