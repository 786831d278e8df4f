using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Billing;

/// <summary>Where Stripe sends the payer back to: asks once how the payment stands, then goes on to where the person came from, or to the billing page.</summary>
public sealed partial class ReturnPage(Deposits deposits, NavigationManager navigation) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private bool _isUnknown;

    [CascadingParameter] public OrgScope Scope { get; set; } = null!;

    [Parameter] public string OrgSlug { get; set; } = "";

    /// <summary>The deposit's id.</summary>
    [SupplyParameterFromQuery(Name = "deposit")] public string? DepositId { get; set; }

    private string BillingAddress => $"/{Scope.OrgSlug}/billing";

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        try
        {
            var check = await deposits.ReturnedAsync(Scope, DepositId ?? "", _gone.Token);
            navigation.NavigateTo(check.Deposit.ReturnTo ?? $"{BillingAddress}?deposit={check.Deposit.Id}", replace: true);
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            _isUnknown = true;
        }
        catch (Refusal)
        {
            navigation.NavigateTo(BillingAddress, replace: true); // A viewer has paid nothing, and may look.
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The person went elsewhere; the reconciler asks.
        }
    }
}
