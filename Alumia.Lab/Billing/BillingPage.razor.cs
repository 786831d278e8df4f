using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Billing;

/// <summary>The org's money. Opening it, or loading it again, asks Stripe about deposits that are not settled.</summary>
public sealed partial class BillingPage(Deposits deposits) : ComponentBase, IDisposable
{
    private static readonly string[] _tabs = ["Overview", "Usage", "Transactions", "Prices", "Provider keys"];
    private readonly CancellationTokenSource _gone = new();
    private bool _isAsking;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string OrgSlug { get; set; } = "";

    [SupplyParameterFromQuery(Name = "tab")] public string? Tab { get; set; }

    /// <summary>The provider whose key is to be added.</summary>
    [SupplyParameterFromQuery(Name = "provider")] public string? Provider { get; set; }

    /// <summary>The project that the person came from, to which the payment leads back.</summary>
    [SupplyParameterFromQuery(Name = "from")] public string? From { get; set; }

    /// <summary>The session there.</summary>
    [SupplyParameterFromQuery(Name = "session")] public string? SessionId { get; set; }

    /// <summary>The deposit that the person comes back from.</summary>
    [SupplyParameterFromQuery(Name = "deposit")] public string? DepositId { get; set; }

    private string? ReturnTo => From is not { Length: > 0 } project ? null
        : $"/{Scope.OrgSlug}/lab/{Uri.EscapeDataString(project)}{(SessionId is { Length: > 0 } session ? $"?session={Uri.EscapeDataString(session)}" : "")}";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
            return;
        _isAsking = true;
        StateHasChanged();
        try
        {
            await deposits.CheckOpenAsync(Scope, _gone.Token);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return; // The person went elsewhere; the reconciler asks.
        }
        _isAsking = false;
        StateHasChanged();
    }
}
