using Alumia.Lab.Organizations;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace Alumia.Lab.Billing;

/// <summary>Asks for an amount, and leads to the payment page.</summary>
public sealed partial class AddFundsDialog(Deposits deposits, NavigationManager navigation)
{
    private static readonly DialogOptions _options = new() { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true, CloseOnEscapeKey = true };
    private static readonly long[] _presets = [1_000, 2_500, 5_000, 10_000];
    private long _preset = 2_500;
    private string _typed = "";
    private bool _keep;
    private bool _isOpening;
    private string? _refusal;

    [Parameter, EditorRequired] public OrgScope Scope { get; set; } = null!;

    /// <summary>The page to lead the payer back to; null for the billing page.</summary>
    [Parameter] public string? ReturnTo { get; set; }

    /// <summary>No real money moves here.</summary>
    [Parameter] public bool IsStandIn { get; set; }

    [Parameter] public bool Open { get; set; }

    [Parameter] public EventCallback<bool> OpenChanged { get; set; }

    /// <summary>In cents; null while what is typed is no amount that can be paid.</summary>
    private long? Amount => _typed.Trim().Length == 0 ? _preset : DepositWords.Cents(_typed) is { } cents and >= Deposits.LeastCents and <= Deposits.MostCents ? cents : null;

    private bool IsWrong => Amount is null;

    private async Task PayAsync()
    {
        if (Amount is not { } cents || _isOpening)
            return;
        (_isOpening, _refusal) = (true, null);
        try
        {
            var started = await deposits.StartAsync(Scope, cents, ReturnTo, _keep, CancellationToken.None);
            navigation.NavigateTo(started.Address, forceLoad: true);
        }
        catch (Refusal refusal)
        {
            (_isOpening, _refusal) = (false, refusal.Message);
        }
    }

    private async Task CloseAsync(bool open)
    {
        if (open)
            return;
        (_preset, _typed, _keep, _isOpening, _refusal) = (2_500, "", false, false, null);
        await OpenChanged.InvokeAsync(false);
    }
}
