using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>
/// A payment on the desk. It is drawn when it changes and not with each webhook's news: a button that is drawn anew has a new handler, and a press
/// that was on its way would meet none.
/// </summary>
public sealed partial class StripePaymentRow
{
    private StripePayment? _drawn;

    [Parameter, EditorRequired] public StripePayment Payment { get; set; } = null!;

    [Parameter, EditorRequired] public EventCallback<string> OnDeed { get; set; }

    protected override bool ShouldRender() => Payment != _drawn;

    protected override void OnAfterRender(bool firstRender) => _drawn = Payment;
}
