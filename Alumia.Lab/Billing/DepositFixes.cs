using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Billing;

/// <summary>What the fixes about a deposit have in common.</summary>
internal static class DepositFixes
{
    /// <summary>The argument that holds the deposit's id.</summary>
    public const string Argument = "deposit";
}

/// <summary>Asks Stripe about a deposit at once.</summary>
internal sealed class CheckDepositFix(Deposits deposits) : IFixHandler
{
    public const string CheckDeposit = "check_deposit";

    public string Kind => CheckDeposit;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new((await deposits.CheckNowAsync(scope, fix[DepositFixes.Argument], cancellation)).Says);
}

/// <summary>Opens a mail to whoever runs this lab, with what they need to find the payment.</summary>
internal sealed class ContactSupportFix(Deposits deposits, Support support) : IFixHandler
{
    public const string ContactSupport = "contact_support";

    public string Kind => ContactSupport;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        var deposit = await deposits.GetAsync(scope, fix[DepositFixes.Argument], cancellation);
        return support.AddressAbout(scope, deposit) is { } address
            ? new FixOutcome("Your mail program opens with the details filled in.", address)
            : new FixOutcome($"Tell whoever runs this lab about the Stripe checkout session {deposit.SessionId ?? deposit.PaymentIntentId}.");
    }
}

/// <summary>Leads to the billing page.</summary>
internal sealed class OpenBillingFix : IFixHandler
{
    public const string OpenBilling = "open_billing";

    public string Kind => OpenBilling;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"/{scope.OrgSlug}/billing"));
}
