using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Offline.OAuth;

/// <summary>A grant on the desk. It is drawn when it changes, or a press that was on its way would meet a button that is no more.</summary>
public sealed partial class OAuthGrantRow
{
    private GrantView? _drawn;

    [Parameter, EditorRequired] public GrantView Grant { get; set; } = null!;

    [Parameter, EditorRequired] public EventCallback<GrantDeed> OnDeed { get; set; }

    protected override bool ShouldRender() => Grant != _drawn;

    protected override void OnAfterRender(bool firstRender) => _drawn = Grant;
}
