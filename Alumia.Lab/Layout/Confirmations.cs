using MudBlazor;

namespace Alumia.Lab.Layout;

internal static class Confirmations
{
    /// <summary>Asks before what cannot be taken back; false where the person leaves in any other way.</summary>
    public static async Task<bool> ConfirmAsync(this IDialogService dialogs, string title, string text, string yes)
    {
        var parameters = new DialogParameters<ConfirmDialog> { { dialog => dialog.Text, text }, { dialog => dialog.Yes, yes } };
        var shown = await dialogs.ShowAsync<ConfirmDialog>(title, parameters);
        return await shown.Result is { Canceled: false };
    }
}
